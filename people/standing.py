"""What people were on a day: level, track and share, which a promotion must not change for the past."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from people.models import FACULTY_LEVEL, Person, Program, Standing


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
    """The ranks of everybody in a program, by date: today's, and what each date changed."""

    today: Mapping[int, Rank]
    changes: Mapping[int, Sequence[tuple[date, Rank]]]

    def on(self, person: int, day: date) -> Rank:
        """The rank of the person with this key on a day; today's where nothing is recorded for that time."""
        rank = self.today[person]
        for since, changed in self.changes.get(person, ()):
            if since > day:
                break
            rank = changed
        return rank


def ranks_of(program: Program) -> Ranks:
    """The ranks of all people of a program (2 queries)."""
    people = Person.objects.filter(program=program).order_by()
    today = {
        key: Rank(level or FACULTY_LEVEL, track, share)
        for key, level, track, share in people.values_list("pk", "pgy_level", "track", "part_time_share")
    }
    changes: dict[int, list[tuple[date, Rank]]] = defaultdict(list)
    rows = Standing.objects.filter(person__program=program).order_by("from_date")
    for key, since, level, track, share in rows.values_list(
        "person_id", "from_date", "pgy_level", "track", "part_time_share"
    ):
        changes[key].append((since, Rank(level or FACULTY_LEVEL, track, share)))
    return Ranks(today, changes)
