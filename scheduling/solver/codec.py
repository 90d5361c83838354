"""Problems and solutions as JSON values, and back: the dataclasses say the form.

Sets become sorted lists, tuples lists, and a field that has its default is left out. A dataclass of a union is told by
its `kind`: its name in lower case with underscores (`AtMost`: "at_most"). `decode` expects a value that a schema has
checked.
"""

import dataclasses
import re
import types
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any, TypeAliasType, Union, get_args, get_origin, get_type_hints


@dataclasses.dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong in a problem: `where` is a JSON path ("$.people[3].id"), `what` says what was expected."""

    where: str
    what: str


def encode(value: Any, *, kind: bool = False) -> Any:
    """The value as JSON; with `kind`, a dataclass says which it is."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        said: dict[str, Any] = {"kind": kind_of(type(value))} if kind else {}
        unions = _unions(type(value))
        for field in dataclasses.fields(value):
            content = getattr(value, field.name)
            if not _is_default(field, content):
                said[field.name] = encode(content, kind=field.name in unions)
        return said
    if isinstance(value, frozenset | set):
        return sorted(encode(each) for each in value)
    if isinstance(value, list | tuple):
        return [encode(each, kind=kind) for each in value]
    if isinstance(value, Mapping):
        return {str(key): encode(content) for key, content in value.items()}
    if isinstance(value, date):
        return value.isoformat()
    return value


def decode(wanted: Any, value: Any) -> Any:
    """The JSON value as what the type says."""
    if isinstance(wanted, TypeAliasType):
        wanted = wanted.__value__
    if dataclasses.is_dataclass(wanted) and isinstance(wanted, type):
        hints = _hints(wanted)
        return wanted(**{name: decode(hint, value[name]) for name, hint in hints.items() if name in value})
    origin, arguments = get_origin(wanted), get_args(wanted)
    if origin in (Union, types.UnionType):
        return _decode_union(arguments, value)
    if origin in (frozenset, set):
        return frozenset(decode(arguments[0], each) for each in value)
    if origin is tuple:
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return tuple(decode(arguments[0], each) for each in value)
        return tuple(decode(each, part) for each, part in zip(arguments, value, strict=True))
    if origin is Mapping or origin is dict:
        return {decode_key(arguments[0], key): decode(arguments[1], each) for key, each in value.items()}
    if wanted is date:
        return date.fromisoformat(value)
    if wanted is int and isinstance(value, float):
        return int(value)  # 3.0 is an integer to a JSON schema
    return float(value) if wanted is float else value


def decode_key(wanted: Any, key: str) -> Any:
    """The name of a JSON object's member as the key that it stands for."""
    return int(key) if wanted is int else decode(wanted, key)


def kind_of(cls: type) -> str:
    """The name by which a JSON object says that it is of this class."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


def _decode_union(arguments: tuple[Any, ...], value: Any) -> Any:
    if value is None:
        return None
    wanted = [each for each in arguments if each is not type(None)]
    if len(wanted) > 1:
        wanted = [each for each in wanted if isinstance(value, dict) and kind_of(each) == value.get("kind")]
    return decode(wanted[0], value)


def _is_default(field: "dataclasses.Field[Any]", content: Any) -> bool:
    if field.default_factory is not dataclasses.MISSING:
        return bool(content == field.default_factory())
    return field.default is not dataclasses.MISSING and bool(content == field.default)


@cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


@cache
def _unions(cls: type) -> frozenset[str]:
    """The fields that hold one of several dataclasses."""

    def several(hint: Any) -> bool:
        if isinstance(hint, TypeAliasType):
            hint = hint.__value__
        parts = get_args(hint)
        if get_origin(hint) in (Union, types.UnionType):
            return sum(dataclasses.is_dataclass(part) for part in parts) > 1
        return any(several(part) for part in parts if part is not Ellipsis)

    return frozenset(name for name, hint in _hints(cls).items() if several(hint))
