"""A schedule's roster as a problem for the solver, given its rotation plan. Codes name people, rotations and shifts.

Days are numbered from 0, the schedule's first day.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from people.models import Person
from people.prepared import prepared
from people.standing import Rank
from scheduling.models import (
    Assignment,
    CrossCover,
    Placement,
    Preference,
    RotationAssignment,
    ShiftType,
    Staffing,
)
from scheduling.services.facts import Facts, Groups, groups_of
from scheduling.services.rule_settings import longest_break, roster_rules, weekly_hours
from scheduling.solver.roster import problem as form

DUTIES: Mapping[str, form.Duty] = {
    ShiftType.Duty.IN_HOUSE: "in_house",
    ShiftType.Duty.HOME_CALL: "home_call",
    ShiftType.Duty.BACKUP: "backup",
}
HOLIDAYS: Mapping[str, Literal["as_weekday", "only", "never"]] = {
    Staffing.Holidays.ALSO: "as_weekday",
    Staffing.Holidays.NOT: "never",
    Staffing.Holidays.ONLY: "only",
}
# What it costs to put somebody on a block that a human has forbidden them: as much as leaving it empty.
FORBIDDEN = 1000.0

# By person's code and place of the period: the code of the rotation. What the plan's solver gives.
type Plan = Mapping[tuple[str, int], str]


def build(
    facts: Facts, plan: Plan, *, seed: int = 1, carried: Mapping[str, form.Carried] | None = None
) -> form.RosterProblem:
    """The roster to make from a plan; `carried` is by person's code.

    Everybody placed by the plan takes part, and whoever has a block that is pinned: it covers its shift as any other.

    Raises ValidationError where the program's settings are wrong or a row of staffing cannot be kept.
    """
    pins = _pins(facts)
    taking_part = {code for code, _ in plan} | {pin.person for pin in pins}
    people = [person for person in facts.people if person.code in taking_part]
    groups = {rank.label: (rank.level, rank.track) for rank in (main_rank(facts, each) for each in people)}
    return replace(
        outline(facts, plan, people, carried),
        rotations=_rotations(facts),
        coverage=_coverage(facts, groups),
        cross_cover=_cross_cover(facts, groups),
        requests=_requests(facts, people),
        pins=pins,
        rules=roster_rules(
            facts.schedule.program, facts.settings, break_minutes=longest_break(facts.shift_types.values())
        ),
        prices=facts.settings.roster_prices,
        seed=seed,
    )


def outline(
    facts: Facts, plan: Plan, people: Iterable[Person], carried: Mapping[str, form.Carried] | None = None
) -> form.RosterProblem:
    """The problem without what is asked for: enough to know who is there on which day, and what a block counts."""
    return form.RosterProblem(
        start=facts.first,
        days=(facts.last - facts.first).days + 1,
        time_zone=facts.schedule.program.time_zone,
        periods=_windows(facts),
        shift_types=tuple(_shift_type(shift_type) for shift_type in facts.shift_types.values()),
        rotations=(),
        people=tuple(_person(facts, person, plan, (carried or {}).get(person.code)) for person in people),
        coverage=(),
        holidays=tuple(sorted((day - facts.first).days for day in facts.holidays)),
    )


def stored_plan(
    facts: Facts, people: Collection[int] | None = None, rows: Sequence[tuple[int, ...]] | None = None
) -> Plan:
    """The plan of the schedule in the database; with `people`, of these alone. `rows` that are given are not read."""
    if rows is None:
        rows = _placed(facts.schedule.pk) if people is None else _placed_of(facts.schedule.pk, list(people))
    places = {period.pk: place for place, period in enumerate(facts.periods)}
    return {
        (facts.by_key[person].code, places[period]): facts.rotations[rotation].code
        for person, period, rotation in rows
        if person in facts.by_key and period in places
    }


@prepared
def _placed(schedule: int) -> QuerySet[Any, Any]:
    rows = RotationAssignment.objects.filter(schedule=schedule).order_by()
    return rows.values_list("person_id", "period_id", "rotation_id")


@prepared
def _placed_of(schedule: int, people: Sequence[int]) -> QuerySet[Any, Any]:
    rows = RotationAssignment.objects.filter(schedule=schedule, person__in=people).order_by()
    return rows.values_list("person_id", "period_id", "rotation_id")


def stored_roster(facts: Facts) -> tuple[form.Assigned, ...]:
    """Who works which block in the schedule in the database."""
    codes = {person.pk: person.code for person in facts.people}
    rows = Assignment.objects.filter(schedule=facts.schedule).between(facts.first, facts.last).order_by()
    return tuple(
        sorted(
            form.Assigned(
                codes[person],
                (day - facts.first).days,
                facts.shift_types[shift_type].code,
                facts.rotations[rotation].code,
            )
            for person, day, shift_type, rotation in rows.values_list(
                "person_id", "block__date", "block__shift_type_id", "rotation_id"
            )
            if person in codes
        )
    )


def main_rank(facts: Facts, person: Person) -> Rank:
    """What a person is for most of the schedule, with their average share: the roster knows one of each."""
    days: dict[Rank, int] = defaultdict(int)
    for first, last in _pieces(facts, person):
        days[facts.rank(person, first)] += (last - first).days + 1
    groups: dict[str, int] = defaultdict(int)
    for rank, count in days.items():
        groups[rank.label] += count
    label = max(groups, key=lambda each: groups[each])
    share = sum((rank.share * count for rank, count in days.items()), Decimal()) / sum(days.values())
    return replace(next(rank for rank in days if rank.label == label), share=round(share, 4))


def _pieces(facts: Facts, person: Person) -> list[tuple[date, date]]:
    """The schedule's days parted where the person's rank changes."""
    edges = [facts.first, *facts.changes(person), facts.last + timedelta(days=1)]
    return [(first, after - timedelta(days=1)) for first, after in pairwise(edges)]


def _span(facts: Facts, first: date, last: date) -> form.Span:
    return ((max(first, facts.first) - facts.first).days, (min(last, facts.last) - facts.first).days)


def _windows(facts: Facts) -> tuple[form.Span, ...]:
    """The periods as what averages are taken over; days between two of them go with the one before."""
    spans = [_span(facts, period.start_date, period.end_date) for period in facts.periods]
    firsts = [0, *(first for first, _ in spans[1:])]
    lasts = [*(first - 1 for first in firsts[1:]), (facts.last - facts.first).days]
    return tuple(zip(firsts, lasts, strict=True))


def _shift_type(shift_type: ShiftType) -> form.ShiftType:
    counted = shift_type.counted_hours
    return form.ShiftType(
        code=shift_type.code,
        name=shift_type.name,
        starts=shift_type.start_time.hour * 60 + shift_type.start_time.minute,
        minutes=round(shift_type.hours * 60),
        night=shift_type.is_night,
        duty=DUTIES[shift_type.duty],
        counted_minutes=None if counted is None else round(counted * 60),
        call=shift_type.is_call,
        not_followed_by=tuple(sorted(other.code for other in shift_type.not_followed_by.all())),
        joins=tuple(sorted(other.code for other in shift_type.joins.all())),
    )


def _rotations(facts: Facts) -> tuple[form.Rotation, ...]:
    found = []
    for rotation in facts.rotations.values():
        shifts = tuple(shift.code for shift in rotation.regular_shifts.all())
        weekdays = rotation.regular_weekdays or range(7)
        found.append(
            form.Rotation(
                code=rotation.code,
                name=rotation.name,
                weekly_hours=weekly_hours(facts.schedule.program, rotation),
                night_float=rotation.is_night_float,
                regular=dict.fromkeys(weekdays, shifts) if shifts else {},
            )
        )
    return tuple(found)


def _person(facts: Facts, person: Person, plan: Plan, carried: form.Carried | None) -> form.Person:
    vacations = {rotation.code for rotation in facts.rotations.values() if rotation.is_vacation}
    rank = main_rank(facts, person)
    placements, leave = [], []
    for place, period in enumerate(facts.periods):
        rotation = plan.get((person.code, place))
        days = facts.employed(person, max(period.start_date, facts.first), min(period.end_date, facts.last))
        if rotation is None or days is None:
            continue
        placements.append(form.Placement(*_span(facts, *days), rotation))
        if rotation in vacations:
            leave.append(_span(facts, *days))
    leave += [_span(facts, each.start_date, each.end_date) for each in facts.absences.get(person.pk, ())]
    return form.Person(
        id=person.code,
        name=person.name,
        group=rank.label,
        placements=tuple(placements),
        share=float(rank.share),
        leave=tuple(sorted(leave)),
        carried=carried or form.Carried(),
        faculty=person.type == Person.Type.FACULTY,
    )


def _coverage(facts: Facts, groups: Groups) -> tuple[form.Coverage, ...]:
    rows = Staffing.objects.filter(program=facts.schedule.program, is_active=True, shift_type__isnull=False)
    return tuple(_coverage_row(facts, groups, row) for row in rows.prefetch_related("rotations"))


def _coverage_row(facts: Facts, groups: Groups, row: Staffing) -> form.Coverage:
    rotations = row.rotations.all()
    if len(rotations) != 1:
        raise ValidationError(
            f"Staffing {row.name!r} of a shift names {len(rotations)} rotations, and each block is worked for one: "
            "make a row for each rotation."
        )
    assert row.shift_type_id is not None
    days = None
    if row.first_period is not None or row.last_period is not None:
        days = tuple(_days_of(facts, row))
    return form.Coverage(
        rotation=rotations[0].code,
        shift_type=facts.shift_types[row.shift_type_id].code,
        fewest=row.fewest,
        most=row.most,
        weekdays=tuple(row.weekdays) or None,
        days=days,
        holidays=HOLIDAYS[row.holidays],
        groups=_names(groups_of(groups, row.levels, excluded=row.excluded_tracks)),
        price_below=row.price_below,
        price_above=row.price_above,
    )


def _days_of(facts: Facts, row: Staffing) -> list[int]:
    """The days of the row's periods and weekdays."""
    found = []
    for period in facts.periods:
        if (row.first_period or 0) <= period.number <= (row.last_period or period.number):
            first, last = _span(facts, period.start_date, period.end_date)
            found += [
                day
                for day in range(first, last + 1)
                if not row.weekdays or (facts.first + timedelta(days=day)).weekday() in row.weekdays
            ]
    return found


def _names(groups: Collection[str] | None) -> tuple[str, ...] | None:
    return None if groups is None else tuple(sorted(groups))


def _cross_cover(facts: Facts, groups: Groups) -> tuple[form.CrossCover, ...]:
    program = facts.schedule.program
    rows = CrossCover.objects.filter(rotation__program=program, is_active=True).prefetch_related("shift_types")
    return tuple(
        form.CrossCover(
            placed_on=facts.rotations[row.rotation_id].code,
            covers=facts.rotations[row.covers_id].code,
            shift_types=tuple(shift_type.code for shift_type in row.shift_types.all()),
            weekdays=tuple(row.weekdays) or None,
            groups=_names(groups_of(groups, row.levels)),
            price=row.price,
        )
        for row in rows.order_by("pk")
    )


def _requests(facts: Facts, people: list[Person]) -> tuple[form.Request, ...]:
    """Wishes for days, and blocks that a human has forbidden somebody (a price no wish comes near)."""
    codes = {person.pk: person.code for person in people}
    year = facts.schedule.academic_year
    found = []
    for row in Preference.objects.filter(academic_year=year, start_date__isnull=False, person__in=codes):
        assert row.start_date is not None
        first, last = _span(facts, row.start_date, row.end_date or row.start_date)
        shift_type = None if row.shift_type_id is None else facts.shift_types[row.shift_type_id].code
        price = row.weight * facts.settings.request_price
        found += [
            form.Request(codes[row.person_id], day, shift_type, row.wants, price) for day in range(first, last + 1)
        ]
    for placed in _block_placements(facts, codes, is_allowed=False):
        found.append(form.Request(codes[placed.person_id], *_block(facts, placed), wants=False, price=FORBIDDEN))
    return tuple(found)


def _pins(facts: Facts) -> tuple[form.Pin, ...]:
    """What is pinned in the schedule, and the year's placements in blocks where nothing is."""
    codes = {person.pk: person.code for person in facts.people}
    pinned = Assignment.objects.filter(schedule=facts.schedule, is_pinned=True, person__in=codes)
    found = {
        (codes[person], (day - facts.first).days, facts.shift_types[shift_type].code): facts.rotations[rotation].code
        for person, day, shift_type, rotation in pinned.between(facts.first, facts.last).values_list(
            "person_id", "block__date", "block__shift_type_id", "rotation_id"
        )
    }
    for placed in _block_placements(facts, codes, is_allowed=True):
        rotations = [rotation.code for rotation in placed.rotations.all()]
        if len(rotations) == 1:
            found.setdefault((codes[placed.person_id], *_block(facts, placed)), rotations[0])
    return tuple(form.Pin(*key, rotation) for key, rotation in sorted(found.items()))


def _block_placements(facts: Facts, people: Collection[int], *, is_allowed: bool) -> list[Placement]:
    rows = Placement.objects.filter(
        academic_year=facts.schedule.academic_year,
        date__range=(facts.first, facts.last),
        person__in=people,
        is_allowed=is_allowed,
    )
    return list(rows.prefetch_related("rotations"))


def _block(facts: Facts, placed: Placement) -> tuple[int, str]:
    assert placed.date is not None
    assert placed.shift_type_id is not None
    return (placed.date - facts.first).days, facts.shift_types[placed.shift_type_id].code
