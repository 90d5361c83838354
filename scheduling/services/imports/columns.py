"""How a file of an import is described: the one source of its validation and of its documentation."""

from dataclasses import dataclass, field

from django.db.models import Model

from scheduling.services.imports.cells import Kind


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `default` is read as if it stood in a blank cell; `refers` names the sheet of its codes.

    `field` is the model's field that checks and keeps the value (default: the column's name); a column that
    is worked into something else has `is_field` off.
    """

    name: str
    kind: Kind
    text: str
    example: str = ""
    required: bool = False
    default: str = ""
    field: str = ""
    refers: str = ""
    is_field: bool = True

    @property
    def field_name(self) -> str:
        return self.field or self.name


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file (or sheet of a workbook). `key` are the columns that no two rows may share."""

    name: str
    text: str
    columns: tuple[Column, ...]
    model: type[Model] | None = None
    key: tuple[str, ...] = ()
    required: bool = False
    by_name: dict[str, Column] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {column.name: column for column in self.columns})
