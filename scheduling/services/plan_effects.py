"""What a change of the rotation plan does to its staffing, in words, before it is made."""

from collections.abc import Mapping
from dataclasses import dataclass

from scheduling.services.year_grid import Year


@dataclass(frozen=True, slots=True)
class Effects:
    """Sentences' parts such as "leaves Wards A 1 short" and "fills ICU", and whether somebody is missing then."""

    worse: tuple[str, ...] = ()
    better: tuple[str, ...] = ()
    is_short: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        return self.worse + self.better

    @property
    def text(self) -> str:
        return ", ".join(self.words)


def effects(year: Year, place: int, instead: Mapping[int, int | None]) -> Effects:
    """What it does in the period of this place that these people are on other rotations (by key), or on none."""
    worse: list[str] = []
    better: list[str] = []
    is_short = False
    for kind, old, new in year.counting.changed(place, instead):
        name = kind.title
        if new.short > old.short:
            worse.append(f"leaves {name} {amount(new.short)} short")
            is_short = True
        elif new.short < old.short:
            better.append(f"{name} {amount(new.short)} short still" if new.short else f"fills {name}")
        if new.over > old.over:
            worse.append(f"{name} {amount(new.over)} over")
        elif new.over < old.over:
            better.append(f"{name} {amount(new.over)} over still" if new.over else f"{name} no longer over")
    return Effects(tuple(worse), tuple(better), is_short)


def amount(value: float) -> str:
    """At most one decimal, and none where it is whole."""
    return f"{value:.1f}".removesuffix(".0")
