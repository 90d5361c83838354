"""Which code measures which rule, and the verdicts on a person and on a whole schedule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from scheduling.rules import averages, rest, runs, single
from scheduling.rules.case import Case, case
from scheduling.rules.duty import PersonRecord
from scheduling.rules.rule_sets import Rule, Rulebook
from scheduling.rules.supervision import supervised_rotations, supervision
from scheduling.rules.timeline import Timeline, timeline
from scheduling.rules.verdict import Verdict

PERSON_CHECKS: Mapping[str, Callable[[Case, Rule], Iterator[Verdict]]] = {
    "weekly_hours": averages.weekly_hours,
    "granted_hours": averages.granted_hours,
    "rotation_hours": averages.rotation_hours,
    "part_time_hours": averages.part_time_hours,
    "free_days": averages.averaged_free_days,
    "free_day_each_week": averages.free_day_each_week,
    "call_nights": averages.call_nights,
    "night_float": averages.night_float,
    "home_call": averages.home_call,
    "rest": rest.rest,
    "rest_after_call": rest.rest_after_call,
    "continuous_work": rest.continuous_work,
    "night_float_run": runs.night_float_run,
    "consecutive_days": runs.consecutive_days,
    "moonlighting": single.moonlighting,
    "overlap": single.overlap,
    "on_leave": single.on_leave,
    "into_leave": single.into_leave,
}
SUPERVISION = "supervision"  # the one check that is not a person's


def check(record: PersonRecord, book: Rulebook) -> list[Verdict]:
    """Every verdict on one person, by date. Faculty are held to the rules that are for faculty."""
    return by_date(person_verdicts(timeline(record, book.zone), book))


def check_schedule(records: Iterable[PersonRecord], book: Rulebook) -> list[Verdict]:
    """Every verdict on everybody, and on the supervision of each rotation, by date."""
    lines = [timeline(record, book.zone) for record in records]
    verdicts = [verdict for line in lines for verdict in person_verdicts(line, book)]
    rule = book.rule(SUPERVISION)
    if rule is not None:
        rotations = book.supervised_rotations
        verdicts += supervision(lines, rule, supervised_rotations(lines) if rotations is None else rotations)
    return by_date(verdicts)


def person_verdicts(line: Timeline, book: Rulebook) -> list[Verdict]:
    """The verdicts on the person of a timeline, rule by rule."""
    faculty = line.person.is_faculty
    measured = case(line, book)
    return [
        verdict
        for rule in book.active()
        if rule.check != SUPERVISION and (rule.for_faculty or not faculty)
        for verdict in PERSON_CHECKS[rule.check](measured, rule)
    ]


def by_date(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Verdicts in order of their dates, of equal ones in the order given."""
    return sorted(verdicts, key=lambda verdict: (verdict.first, verdict.last))
