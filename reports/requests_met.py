"""Which wishes a schedule grants, and what was decided on leave in its days."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from absences.models import Absence
from reports.roster import Roster
from scheduling.models import Preference
from scheduling.rules.verdict import date_span
from scheduling.services.facts import Facts
from scheduling.services.roster_build import Plan


@dataclass(frozen=True, slots=True)
class Wishes:
    """How many there are for this schedule, and a sentence for each that it refuses, by name."""

    number: int
    refused: Sequence[str]

    @property
    def granted(self) -> int:
        return self.number - len(self.refused)


@dataclass(frozen=True, slots=True)
class Decided:
    """Requests of leave by what became of them; `kinds` has them by kind, for those who may know."""

    granted: int
    denied: int
    open: int
    kinds: Sequence[tuple[str, int, int, int]]

    @property
    def number(self) -> int:
        return self.granted + self.denied + self.open


def wishes_met(facts: Facts, plan: Plan, roster: Roster) -> Wishes:
    """A wish for several days is granted if it is on each of them (1 query)."""
    people = {person.pk: person for person in facts.people}
    rows = Preference.objects.filter(academic_year=facts.schedule.academic_year_id, person__in=list(people))
    places = {period.pk: place for place, period in enumerate(facts.periods)}
    number, refused = 0, []
    for wish in rows.order_by("person__name", "start_date", "period__number").select_related("period"):
        person = people[wish.person_id]
        if wish.period is not None and wish.rotation_id is not None:
            if wish.period_id not in places:
                continue
            given = plan.get((person.code, places[wish.period.pk]))
            is_granted = (given == facts.rotations[wish.rotation_id].code) == wish.wants
        elif not (days := _days(facts, wish)):
            continue
        else:
            is_granted = all(_is_meant(roster, wish, day) == wish.wants for day in days)
        number += 1
        if not is_granted:
            refused.append(_sentence(facts, person.name, wish))
    return Wishes(number, refused)


def _days(facts: Facts, wish: Preference) -> Sequence[date]:
    if wish.start_date is None or wish.end_date is None:
        return ()
    first, last = max(wish.start_date, facts.first), min(wish.end_date, facts.last)
    return [first + timedelta(days=each) for each in range((last - first).days + 1)]


def _is_meant(roster: Roster, wish: Preference, day: date) -> bool:
    """Whether the person works that day what the wish is about."""
    works = roster.worked.get((wish.person_id, day), ())
    return wish.shift_type_id in works if wish.shift_type_id else bool(works)


def _sentence(facts: Facts, name: str, wish: Preference) -> str:
    wanted = "wanted" if wish.wants else "did not want"
    if wish.period is not None and wish.rotation_id is not None:
        period = date_span(wish.period.start_date, wish.period.end_date)
        return f"{name} {wanted} {facts.rotations[wish.rotation_id].name} in period {wish.period.number} ({period})."
    assert wish.start_date is not None
    what = facts.shift_types[wish.shift_type_id].name.lower() if wish.shift_type_id else "any shift"
    return f"{name} {wanted} to work {what}, {date_span(wish.start_date, wish.end_date or wish.start_date)}."


def leave_decided(facts: Facts) -> Decided:
    """The leave that lies in the schedule's days; what was withdrawn does not count (1 query)."""
    rows = Absence.objects.overlapping(facts.first, facts.last).filter(
        person__program=facts.schedule.program_id, person__in=[person.pk for person in facts.people]
    )
    counts: Mapping[tuple[str, str], int] = Counter(rows.order_by().values_list("kind", "status"))
    status = Absence.Status
    kinds = [
        (
            str(kind.label),
            counts.get((kind.value, status.APPROVED.value), 0),
            counts.get((kind.value, status.DENIED.value), 0),
            counts.get((kind.value, status.REQUESTED.value), 0),
        )
        for kind in Absence.Kind
    ]
    granted, denied, waiting = (sum(each) for each in list(zip(*kinds, strict=True))[1:])
    return Decided(granted, denied, waiting, [row for row in kinds if any((row[1], row[2], row[3]))])
