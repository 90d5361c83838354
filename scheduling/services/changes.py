"""What somebody wants to change: each change says what it found, so that none is made to something else."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from scheduling.models.plan import Source
from scheduling.services.cells import Key, PlanKey


@dataclass(frozen=True, slots=True)
class Change:
    """One person's block: the rotation that they work it for, before and after, by code; None is not working it.

    `person` is the key; `shift` the shift type's code; `role` that of the assignment afterwards, by default what
    follows from the person and the shift type. The rest is what the assignment says of itself afterwards.
    """

    person: int
    date: date
    shift: str
    before: str | None
    after: str | None
    role: str = ""
    is_pinned: bool = True
    note: str = ""
    override: str = ""
    source: str = Source.MANUAL.value

    @property
    def key(self) -> Key:
        return self.person, self.date, self.shift

    def data(self) -> dict[str, Any]:
        """As JSON holds it: what is as usual is left out."""
        usual = {"note": "", "override": "", "source": Source.MANUAL.value}
        given = {name: value for name, value in asdict(self).items() if name not in usual or usual[name] != value}
        return given | {"date": self.date.isoformat()}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Change":
        """From what `data` gave."""
        return cls(**{**data, "date": date.fromisoformat(data["date"])})


@dataclass(frozen=True, slots=True)
class PlanChange:
    """One person's period, by its number: the rotation before and after, by code; None is no rotation."""

    person: int
    period: int
    before: str | None
    after: str | None
    is_pinned: bool = True
    note: str = ""
    override: str = ""
    source: str = Source.MANUAL.value
    role: str = ""  # nobody has one in a period

    @property
    def key(self) -> PlanKey:
        return self.person, self.period
