"""What of a draft is made anew: all that is not pinned, or only some days, rotations or people. The rest stays exactly.

A run's `remakes`, as JSON: {"first": iso, "last": iso, "rotations": [codes], "people": [keys]}; what is missing or
empty means all. Of a person's days those are made anew that lie in the dates, if the person is among the people and
the draft, as it is when the run begins, has placed them on one of the rotations then. In the rotation plan that goes
for periods that lie wholly in the dates. Pins stay, wherever they are.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError

from scheduling.models import GenerationRun, Schedule
from scheduling.services import facts as facts_
from scheduling.services.facts import Facts
from scheduling.services.roster_build import Plan, stored_plan
from scheduling.solver.roster.problem import Span


@dataclass(frozen=True, slots=True)
class Remakes:
    """What somebody chose; nothing chosen means all. `people` are keys, `rotations` codes."""

    first: date | None = None
    last: date | None = None
    rotations: frozenset[str] = frozenset()
    people: frozenset[int] = frozenset()

    @property
    def is_partial(self) -> bool:
        return self != Remakes()

    def data(self) -> dict[str, Any]:
        """As JSON holds it; nothing for all."""
        found: dict[str, Any] = {
            "first": self.first.isoformat() if self.first else None,
            "last": self.last.isoformat() if self.last else None,
            "rotations": sorted(self.rotations),
            "people": sorted(self.people),
        }
        return {name: value for name, value in found.items() if value}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Remakes":
        """From what `data` gave. Raises ValidationError for what it never gives."""
        try:
            first, last = (date.fromisoformat(day) if day else None for day in (data.get("first"), data.get("last")))
            rotations = frozenset(str(code) for code in data.get("rotations") or ())
            people = frozenset(int(key) for key in data.get("people") or ())
        except (TypeError, ValueError) as error:
            raise ValidationError(f"This is no choice of what to make anew: {error}") from error
        return cls(first, last, rotations, people)


class Remaking:
    """The choice laid over a schedule: which periods and days of whom are made anew. People go by code, days from 0."""

    def __init__(self, facts: Facts, wanted: Remakes, placed: Plan) -> None:
        self.facts, self.wanted, self.placed = facts, wanted, placed
        self.first = max(wanted.first or facts.first, facts.first)
        self.last = min(wanted.last or facts.last, facts.last)
        self._codes = {person.pk: person.code for person in facts.people}
        self._chosen = {code for key, code in self._codes.items() if not wanted.people or key in wanted.people}

    @property
    def is_partial(self) -> bool:
        return self.wanted.is_partial

    def is_open_period(self, person: str, place: int) -> bool:
        """Whether the person's rotation in the period of this place is made anew."""
        period = self.facts.periods[place]
        first, last = max(period.start_date, self.facts.first), min(period.end_date, self.facts.last)
        return self.first <= first and last <= self.last and self._is_meant(person, place)

    def open_periods(self, person: str) -> tuple[Span, ...]:
        """The days of the periods that are made anew."""
        places = range(len(self.facts.periods))
        return tuple(self._span(place) for place in places if self.is_open_period(person, place))

    def open_days(self, person: str) -> tuple[Span, ...]:
        """The days whose roster is made anew, in order."""
        return self._open_days.get(person, ())

    def is_open(self, key: int, day: date) -> bool:
        """Whether the roster of a person (by key) is made anew on a day."""
        offset = (day - self.facts.first).days
        return any(first <= offset <= last for first, last in self.open_days(self._codes.get(key, "")))

    @property
    def days(self) -> Span:
        """First and last day that anything may be made anew on."""
        return (self.first - self.facts.first).days, (self.last - self.facts.first).days

    @cached_property
    def _open_days(self) -> dict[str, tuple[Span, ...]]:
        low, high = self.days
        if not self.wanted.rotations:
            return dict.fromkeys(self._chosen, ((low, high),) if low <= high else ())
        found = {}
        for person in self._chosen:
            spans = [self._span(place) for place in range(len(self.facts.periods)) if self._is_meant(person, place)]
            cut = ((max(first, low), min(last, high)) for first, last in spans)
            found[person] = tuple((first, last) for first, last in cut if first <= last)
        return found

    def _is_meant(self, person: str, place: int) -> bool:
        rotations = self.wanted.rotations
        return person in self._chosen and (not rotations or self.placed.get((person, place)) in rotations)

    def _span(self, place: int) -> Span:
        """The days of a period, with those between it and the next one."""
        periods, first = self.facts.periods, self.facts.first
        ends = periods[place + 1].start_date - timedelta(days=1) if place + 1 < len(periods) else self.facts.last
        starts = first if place == 0 else max(periods[place].start_date, first)
        return (starts - first).days, (ends - first).days


def usual(schedule: Schedule, today: date) -> Remakes:
    """What is made anew unless somebody says otherwise: in a draft of what was published, the days from today on."""
    base = schedule.based_on
    if base is not None and base.published_at and schedule.start_date < today <= schedule.end_date:
        return Remakes(first=today)
    return Remakes()


def checked(schedule: Schedule, scope: str, data: Mapping[str, Any]) -> Remakes:
    """What `data` says of a schedule. Raises ValidationError, in words, where it says nothing that can be made anew."""
    wanted = Remakes.of(data)
    if not wanted.is_partial:
        return wanted
    if wanted.first and wanted.last and wanted.first > wanted.last:
        raise ValidationError("What is to be made anew ends before it begins: put the dates the other way round.")
    facts = facts_.load(schedule)
    made = Remaking(facts, wanted, stored_plan(facts))
    if made.first > made.last:
        raise ValidationError(
            f"{schedule} goes from {_day(facts.first)} to {_day(facts.last)}: choose days within it to make anew."
        )
    _require_known(facts, wanted)
    _require_any(made, scope)
    return wanted


def _require_known(facts: Facts, wanted: Remakes) -> None:
    unknown = wanted.rotations - {rotation.code for rotation in facts.rotations.values()}
    if unknown:
        raise ValidationError(f"There is no rotation {', '.join(sorted(unknown))} any more: choose another.")
    if wanted.people - {person.pk for person in facts.people}:
        raise ValidationError("Somebody whose schedule was to be made anew is not active in these days: choose again.")


def _require_any(made: Remaking, scope: str) -> None:
    """Raises ValidationError where nothing that the run makes is open."""
    codes = [person.code for person in made.facts.people]
    if scope == GenerationRun.Scope.PLAN:
        if any(made.open_periods(code) for code in codes):
            return
        if not made.wanted.rotations:
            raise ValidationError(
                f"No whole period lies in {_day(made.first)} to {_day(made.last)}, and the rotation plan is made by "
                "periods: choose more days, or make the roster only."
            )
    if not any(made.open_days(code) for code in codes):
        raise ValidationError(
            f"Nobody of those chosen is placed on {_names(made.facts, made.wanted.rotations)} from {_day(made.first)} "
            f"to {_day(made.last)}: there is nothing to make anew."
        )


def words(schedule: Schedule, data: Mapping[str, Any]) -> str:
    """What a run makes anew, for people: "Mon 3 May 2027 on, Ward A, 3 people"; blank for all (1 query at most)."""
    wanted = Remakes.of(data)
    found = []
    if wanted.first and wanted.last:
        found.append(f"{_day(wanted.first)} to {_day(wanted.last)}")
    elif wanted.first:
        found.append(f"from {_day(wanted.first)} on")
    elif wanted.last:
        found.append(f"until {_day(wanted.last)}")
    if wanted.rotations:
        found.append(f"on {', '.join(sorted(wanted.rotations))}")
    if wanted.people:
        people = schedule.program.people.filter(pk__in=wanted.people).order_by("name").values_list("name", flat=True)
        found.append(", ".join(people) if len(people) < 4 else f"{len(people)} people")
    return ", ".join(found)


def _names(facts: Facts, codes: Collection[str]) -> str:
    return " or ".join(rotation.name for rotation in facts.rotations.values() if rotation.code in codes)


def _day(day: date) -> str:
    return f"{day:%a %-d %b %Y}"
