"""The rules engine's entry points: a person, a whole schedule, one edit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

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
    return _by_date(_person_verdicts(timeline(record, book.zone), book))


def check_schedule(records: Iterable[PersonRecord], book: Rulebook) -> list[Verdict]:
    """Every verdict on everybody, and on the supervision of each rotation, by date."""
    lines = [timeline(record, book.zone) for record in records]
    verdicts = [verdict for line in lines for verdict in _person_verdicts(line, book)]
    rule = book.rule(SUPERVISION)
    if rule is not None:
        rotations = book.supervised_rotations
        verdicts += supervision(lines, rule, supervised_rotations(lines) if rotations is None else rotations)
    return _by_date(verdicts)


@dataclass(frozen=True, slots=True)
class EditVerdicts:
    """What an edit does: verdicts that it brings, and those that it resolves.

    A verdict whose numbers change (11 nights of call become 12) is in both: the old one resolved, the new one
    brought.
    """

    brought: tuple[Verdict, ...]
    resolved: tuple[Verdict, ...]

    @property
    def is_allowed(self) -> bool:
        """True unless the edit brings a violation; an advisory does not forbid it."""
        return not any(verdict.is_violation for verdict in self.brought)


def verdicts_for_edit(
    before: PersonRecord, after: PersonRecord, book: Rulebook, *, team: Iterable[PersonRecord] = ()
) -> EditVerdicts:
    """The verdicts on one person's edit: what holds after it and did not before, and the other way round.

    `team` are the other people for the supervision ratio; their duties at the times of the changed ones are
    enough. With an empty team, or without `book.supervised_rotations`, supervision is not judged.
    Raises ValueError if the two records are not of the same person.
    """
    if before.person.id != after.person.id:
        raise ValueError(f"An edit is of one person, not of {before.person.name} and {after.person.name}.")
    old_line, new_line = timeline(before, book.zone), timeline(after, book.zone)
    old, new = _person_verdicts(old_line, book), _person_verdicts(new_line, book)
    rule = book.rule(SUPERVISION)
    if rule is not None and book.supervised_rotations is not None:
        others = [timeline(record, book.zone) for record in team]
        if others:
            old += supervision([*others, old_line], rule, book.supervised_rotations)
            new += supervision([*others, new_line], rule, book.supervised_rotations)
    return EditVerdicts(
        brought=tuple(_by_date(verdict for verdict in new if verdict not in old)),
        resolved=tuple(_by_date(verdict for verdict in old if verdict not in new)),
    )


def _person_verdicts(line: Timeline, book: Rulebook) -> list[Verdict]:
    faculty = line.person.is_faculty
    measured = case(line, book)
    return [
        verdict
        for rule in book.active()
        if rule.check != SUPERVISION and (rule.for_faculty or not faculty)
        for verdict in PERSON_CHECKS[rule.check](measured, rule)
    ]


def _by_date(verdicts: Iterable[Verdict]) -> list[Verdict]:
    return sorted(verdicts, key=lambda verdict: (verdict.first, verdict.last))
