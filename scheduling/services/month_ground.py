"""What a month stands on: its people, their ranks and leave, rotations, shift types, holidays, periods."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import QuerySet

from people.models import Program
from people.prepared import columns, instance, prepared
from people.standing import Ranks, ranks_of
from scheduling.models import Period, Schedule
from scheduling.services.facts import Facts
from scheduling.services.grid_rows import (
    Catalog,
    Leave,
    Row,
    catalog_of,
    leave_between,
    mark_second_looks,
    merged,
    people_between,
    row_of,
    vacation_between,
)
from scheduling.services.holidays import public_holidays


class Ground(NamedTuple):
    """What a month stands on, but for who works it."""

    catalog: Catalog
    ranks: Ranks
    leave: Mapping[int, Sequence[Leave]]
    holidays: Mapping[date, str]
    periods: Sequence[Period]


def ground_of_month(
    program: Program, schedules: Sequence[Schedule], first: date, last: date, facts: Facts | None
) -> Ground:
    """Read it; from facts, if they are of the one schedule and it covers the month."""
    if facts is None or len(schedules) > 1 or not (facts.first <= first and last <= facts.last):
        years = sorted({schedule.academic_year_id for schedule in schedules})
        catalog = catalog_of(program)
        return Ground(
            catalog,
            ranks_of(program),
            merged(leave_between(program, first, last), vacation_between(schedules, catalog, first, last)),
            public_holidays(program, first, last),
            [instance(Period, row) for row in _periods(years, first, last)],
        )
    absent = {
        person: [
            Leave(each.start_date, each.end_date, each.kind)
            for each in absences
            if each.start_date <= last and each.end_date >= first
        ]
        for person, absences in facts.absences.items()
    }
    for shift in facts.shift_types.values():
        shift.program = program
    mark_second_looks(facts.rotations.values())
    catalog = Catalog(dict(facts.rotations), dict(facts.shift_types))
    leave = merged(absent, vacation_between(schedules, catalog, first, last))
    return Ground(catalog, facts.ranks, leave, dict.fromkeys(facts.holidays, "holiday"), facts.periods)


@prepared
def _periods(years: Sequence[int], first: date, last: date) -> QuerySet[Any, Any]:
    rows = Period.objects.filter(academic_year__in=years, start_date__lte=last, end_date__gte=first)
    return rows.order_by("start_date").values_list(*columns(Period))


def rows_of_month(
    program: Program,
    schedules: Sequence[Schedule],
    ranks: Ranks,
    first: date,
    last: date,
    *,
    only: Collection[int] | None,
    facts: Facts | None,
) -> list[Row]:
    """The people of the month; of `only` some, where all of these are among the facts, they alone (no query)."""
    known = {person.pk: person for person in facts.people} if facts is not None and only is not None else {}
    if facts is None or only is None or not known.keys() >= set(only):
        return people_between(program, schedules, ranks, first, last)
    spans = [(known[key], facts.employed(known[key], first, last)) for key in sorted(only)]
    return [row_of(person, ranks, *span) for person, span in spans if span is not None]
