"""What people were on a day: level, track and share, which a promotion must not change for the past."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from people.models import FACULTY_LEVEL, Person, Program, Standing
from people.prepared import prepared


@dataclass(frozen=True, slots=True)
class Rank:
    """A level (0 for faculty) with its track, and the part of full time worked."""

    level: int
    track: str = ""
    share: Decimal = Decimal(1)

    @property
    def label(self) -> str:
        """As schedules and problem files call the group: "PGY-1", "PGY-1 NEURO", "Faculty"."""
        name = "Faculty" if self.level == FACULTY_LEVEL else f"PGY-{self.level}"
        return f"{name} {self.track}" if self.track else name

    @property
    def order(self) -> tuple[bool, int, str]:
        """Residents by level, then faculty."""
        return self.level == FACULTY_LEVEL, self.level, self.track


@dataclass(frozen=True, slots=True)
class Ranks:
    """The ranks of everybody in a program, by date: today's, and what each date changed; their cohorts likewise."""

    today: Mapping[int, Rank]
    changes: Mapping[int, Sequence[tuple[date, Rank]]]
    cohorts_today: Mapping[int, str] = field(default_factory=dict)
    cohort_changes: Mapping[int, Sequence[tuple[date, str]]] = field(default_factory=dict)

    def __hash__(self) -> int:
        return len(self.today)

    def on(self, person: int, day: date) -> Rank:
        """The rank of the person with this key on a day; today's where nothing is recorded for that time."""
        rank = self.today[person]
        for since, changed in self.changes.get(person, ()):
            if since > day:
                break
            rank = changed
        return rank

    def cohort(self, person: int, day: date) -> str:
        """The X+Y cohort on a day, blank for none; today's where nothing is recorded for that time."""
        cohort = self.cohorts_today.get(person, "")
        for since, changed in self.cohort_changes.get(person, ()):
            if since > day:
                break
            cohort = changed
        return cohort


def ranks_of(program: Program) -> Ranks:
    """The ranks of all people of a program (2 queries)."""
    return _ranks(tuple(_people(program.pk)), tuple(_standings(program.pk)))


@prepared
def _people(program: int) -> QuerySet[Any, Any]:
    people = Person.objects.filter(program=program).order_by()
    return people.values_list("pk", "pgy_level", "track", "part_time_share", "cohort")


@prepared
def _standings(program: int) -> QuerySet[Any, Any]:
    rows = Standing.objects.filter(person__program=program).order_by("from_date")
    return rows.values_list("person_id", "from_date", "pgy_level", "track", "part_time_share", "cohort")


@lru_cache(maxsize=256)
def _ranks(people: tuple[Any, ...], standings: tuple[Any, ...]) -> Ranks:
    today: dict[int, Rank] = {}
    cohorts: dict[int, str] = {}
    for key, level, track, share, cohort in people:
        today[key], cohorts[key] = Rank(level or FACULTY_LEVEL, track, share), cohort
    changes: dict[int, list[tuple[date, Rank]]] = defaultdict(list)
    moves: dict[int, list[tuple[date, str]]] = defaultdict(list)
    for key, since, level, track, share, cohort in standings:
        changes[key].append((since, Rank(level or FACULTY_LEVEL, track, share)))
        moves[key].append((since, cohort))
    return Ranks(today, dict(changes), cohorts, dict(moves))
