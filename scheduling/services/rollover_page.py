"""What the page of a new year starts from: everybody, what is proposed for them, and what they bring along."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError

from people.models import Program
from people.rollover import DAY, Bounds, Decision, Member, propose
from scheduling.models import Curriculum, Schedule
from scheduling.services.fairness import balances
from scheduling.services.rollover import members
from scheduling.services.rollover_year import NewYear, new_year


@dataclass(frozen=True, slots=True)
class Brought:
    """What somebody has worked beyond (above 0) or below their fair share by the end of the old year."""

    nights: float
    weekends: float
    holidays: float

    @property
    def is_even(self) -> bool:
        return not any(round(each, 1) for each in (self.nights, self.weekends, self.holidays))

    @property
    def words(self) -> tuple[str, str]:
        """Nights, which people compare first; then the rest."""
        return f"{_signed(self.nights)} nights", f"{_signed(self.weekends)} weekends, {_signed(self.holidays)} holidays"


def _signed(amount: float) -> str:
    """With its sign: +1.5, −2, 0."""
    rounded = round(amount, 1) or 0.0
    return f"{rounded:+g}".replace("-", "\N{MINUS SIGN}") if rounded else "0"


@dataclass(frozen=True, slots=True)
class Opening:
    """A new year as it is proposed. `finals` are by track, as the curriculum has them, "" for categorical people."""

    year: NewYear
    members: Sequence[Member]
    finals: Mapping[str, int | None]

    def proposals(self, bounds: Bounds) -> dict[int, Decision]:
        return {member.pk: propose(member, bounds) for member in self.members}


def opening(program: Program, first: date, last: date) -> Opening:
    """Everybody at the boundary (6 queries). Raises ValidationError, in words, where there can be no such year."""
    year = new_year(program, first, last)
    everybody = members(program, year)
    highest: dict[str, int] = defaultdict(int)
    for level, track in Curriculum.objects.filter(program=program, is_active=True).values_list("level", "track"):
        highest[track] = max(highest[track], level)
    tracks = ["", *sorted({one.before.track for one in everybody if one.is_resident} - {""})]
    return Opening(year, everybody, {track: highest.get(track) or highest.get("") or None for track in tracks})


def brought(program: Program, year: NewYear) -> tuple[Schedule | None, dict[int, Brought]]:
    """The schedule that the first draft of the new year reads fairness from, and by person what it reads there.

    As `scheduling.services.carried` hands it to the optimiser: of that schedule only, within the group of then.
    """
    published = Schedule.objects.published().filter(program=program)
    before = published.covering(year.first - DAY).select_related("academic_year").first()
    if before is None:
        return None, {}
    try:
        found = balances(before, until=year.first - DAY)
    except ValidationError:  # the rules' settings are wrong: their page says so
        return before, {}
    return before, {
        key: Brought(
            nights=each.worked.nights - each.fair.nights,
            weekends=each.worked.weekends - each.fair.weekends,
            holidays=each.worked.holidays - each.fair.holidays,
        )
        for key, each in found.items()
    }
