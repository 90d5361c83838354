"""Rosters judged by the duty-hour rules, which share no code with the optimiser."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from scheduling.rules import duty as rules
from scheduling.rules.check import check
from scheduling.rules.rule_sets import Rulebook, rulebook
from scheduling.rules.verdict import Force
from scheduling.rules.windows import averaging_windows
from scheduling.solver.roster.problem import Assigned, Person, RosterProblem, Span, WorkedBlock


def musts_broken(case: RosterProblem, assignments: Iterable[Assigned], rule_set: str = "acgme-2025") -> list[str]:
    """A line for each must that somebody's roster breaks: person, rule, sentence.

    The program's own rules are those of the case.
    """
    given = list(assignments)
    book = _book(case, rule_set)
    found = []
    for who in case.people:
        mine = [WorkedBlock(a.day, a.shift_type, a.rotation) for a in given if a.person == who.id]
        verdicts = check(_record(case, who, [*mine, *who.carried.recent]), book)
        found += [
            f"{who.id}: {v.rule}: {v.sentence}" for v in verdicts if v.force is Force.MUST and v.last >= case.start
        ]
    return found


def _book(case: RosterProblem, rule_set: str) -> Rulebook:
    own = case.rules
    limits = {
        "rest_between_shifts": None if own.rest_between is None else own.rest_between // 60,
        "night_float_run": own.most_nights_in_a_row,
        "consecutive_days": own.most_days_in_a_row,
    }
    return rulebook(
        rule_set,
        zone=ZoneInfo(case.time_zone),
        settings={name: {"force": "off"} if limit is None else {"limit": limit} for name, limit in limits.items()},
        hour_limits={each.code: each.weekly_hours for each in case.rotations if each.weekly_hours != 80},
        break_minutes=own.break_minutes,
    )


def _record(case: RosterProblem, who: Person, blocks: Iterable[WorkedBlock]) -> rules.PersonRecord:
    return rules.PersonRecord(
        rules.Person(
            who.id,
            who.name,
            level=1,
            starts_on=_date(case, min(placed.first for placed in who.placements)),
            ends_on=_date(case, max(placed.last for placed in who.placements)),
        ),
        tuple(_duty(case, block) for block in blocks),
        tuple(rules.DateRange(*_dates(case, span)) for span in who.leave),
        averaging_windows(
            [rules.DateRange(*_dates(case, span)) for span in case.periods],
            [rules.Window(*_dates(case, (p.first, p.last)), p.rotation) for p in who.placements],
        ),
    )


def _duty(case: RosterProblem, block: WorkedBlock) -> rules.Duty:
    shift = next(each for each in case.shift_types if each.code == block.shift_type)
    floats = {rotation.code for rotation in case.rotations if rotation.night_float}
    day, zone = _date(case, block.day), ZoneInfo(case.time_zone)
    midnight = datetime.combine(day, datetime.min.time())
    return rules.Duty(
        (block.day, shift.code),
        (midnight + timedelta(minutes=shift.starts)).replace(tzinfo=zone),
        (midnight + timedelta(minutes=shift.starts + shift.minutes)).replace(tzinfo=zone),
        day,
        block.rotation,
        shift.name,
        kind=rules.Kind(shift.duty),
        counted_minutes=shift.counted_minutes,
        night=shift.night,
        call=shift.call,
        night_float=block.rotation in floats,
    )


def _date(case: RosterProblem, day: int) -> date:
    return case.start + timedelta(days=day)


def _dates(case: RosterProblem, span: Span) -> tuple[date, date]:
    return _date(case, span[0]), _date(case, span[1])
