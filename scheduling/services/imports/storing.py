"""How rows become rows of the database: updated by key, or replaced as a whole, with as few queries as rows allow."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Field, Model, QuerySet


@dataclass(slots=True)
class Count:
    """What an import did to one kind of thing. `kept` are in the database, not in the file, and stay."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    kept: int = 0

    def __str__(self) -> str:
        words = [f"{getattr(self, word)} {word}" for word in ("added", "changed", "unchanged") if getattr(self, word)]
        if self.removed:
            words.append(f"{self.removed} removed")
        if self.kept:
            words.append(f"{self.kept} not in the file, kept")
        return ", ".join(words) or "none"


def upsert[Key, M: Model](
    model: type[M],
    existing: Mapping[Key, M],
    wanted: Mapping[Key, Mapping[str, Any]],
    count: Count,
    *,
    given: frozenset[str],
) -> dict[Key, M]:
    """Make or change one object per key so that it has the wanted values; the rest of `existing` stays.

    Of an object that exists only the fields in `given` change: a column that a file does not have says nothing.
    """
    made: dict[Key, M] = {}
    changed: list[M] = []
    fields: set[str] = set()
    result = dict(existing)
    for key, values in wanted.items():
        found = existing.get(key)
        if found is None:
            made[key] = model(**values)
            continue
        different = [name for name in values if name in given and _kept(found, name) != _plain(values[name])]
        for name in different:
            setattr(found, name, values[name])
        fields.update(different)
        if different:
            changed.append(found)
        else:
            count.unchanged += 1
    model._default_manager.bulk_create(made.values())
    if changed:
        model._default_manager.bulk_update(changed, sorted(fields))
    count.added += len(made)
    count.changed += len(changed)
    count.kept += len(existing) - len(wanted) + len(made)
    return result | made


@dataclass(frozen=True, slots=True)
class Sentence:
    """A row that is replaced as a whole: plain values, and objects by many-to-many field."""

    values: Mapping[str, Any]
    links: Mapping[str, Iterable[Model]]


def replace(model: type[Model], existing: QuerySet[Any], wanted: list[Sentence], count: Count) -> None:
    """Make the rows of `existing` say just what is wanted. Rows that say the same already are left alone."""
    names = sorted(wanted[0].values) if wanted else []
    link_names = sorted(wanted[0].links) if wanted else []
    stock: dict[Any, list[int]] = defaultdict(list)
    for found in existing.prefetch_related(*link_names):
        values = [_kept(found, name) for name in names]
        links = [sorted(other.pk for other in getattr(found, name).all()) for name in link_names]
        stock[_identity(values, links)].append(found.pk)
    new: list[tuple[Model, Sentence]] = []
    for sentence in wanted:
        links = [sorted({other.pk for other in sentence.links[name]}) for name in link_names]
        same = stock.get(_identity([sentence.values[name] for name in names], links))
        if same:
            same.pop(0)
            count.unchanged += 1
        else:
            new.append((model(**sentence.values), sentence))
    gone = [pk for pks in stock.values() for pk in pks]
    if gone:
        existing.model._default_manager.filter(pk__in=gone).delete()
    model._default_manager.bulk_create([instance for instance, _ in new])
    for name in link_names:
        pairs = {(instance.pk, other.pk) for instance, sentence in new for other in sentence.links[name]}
        add_links(model, name, pairs)
    count.added += len(new)
    count.removed += len(gone)


def _identity(values: list[Any], links: list[list[int]]) -> str:
    """Rows are the same when this is: values as the database hands them back, objects by key."""
    return repr([[_plain(value) for value in values], links])


def _kept(found: Model, name: str) -> Any:
    """The value of a field; of a reference its key, without fetching what it refers to."""
    field: Any = found._meta.get_field(name)
    return _plain(getattr(found, field.attname))


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        return _plain(value.pk)
    return float(value) if isinstance(value, (int, Decimal)) and not isinstance(value, bool) else value


def add_links(model: type[Model], name: str, pairs: Iterable[tuple[int, int]]) -> None:
    """Rows of a many-to-many table, all at once."""
    through, own, other = _through(model, name)
    through._default_manager.bulk_create([through(**{own: one, other: two}) for one, two in sorted(pairs)])


def set_links(model: type[Model], name: str, sources: Iterable[int], wanted: set[tuple[int, int]]) -> bool:
    """Make a many-to-many table say `wanted` for these objects. Returns whether that changed anything."""
    through, own, other = _through(model, name)
    rows = through._default_manager.filter(**{f"{own}__in": list(sources)}).values_list("pk", own, other)
    existing = {(one, two): pk for pk, one, two in rows}
    gone = [pk for pair, pk in existing.items() if pair not in wanted]
    if gone:
        through._default_manager.filter(pk__in=gone).delete()
    add_links(model, name, wanted - set(existing))
    return set(existing) != wanted


def _through(model: type[Model], name: str) -> tuple[type[Model], str, str]:
    field: Field[Any, Any] = model._meta.get_field(name)  # type: ignore[assignment]
    remote: Any = field.remote_field
    own = field.m2m_field_name()  # type: ignore[attr-defined]
    other = field.m2m_reverse_field_name()  # type: ignore[attr-defined]
    return remote.through, f"{own}_id", f"{other}_id"
