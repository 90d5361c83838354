"""What one edit of a person's duties changes, judged on the part of the year that it can touch.

Verdicts far from the edit are the same before and after it, so they need not be found. The part is chosen so
that whatever can differ is measured on all it depends on: the runs of days around the edit with their
neighbours, the averaging windows of the edit and of the free days before it, and the duty that ends the last
of these free.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from scheduling.rules.check import SUPERVISION, by_date, person_verdicts
from scheduling.rules.duty import Duty, Kind, PersonRecord
from scheduling.rules.rule_sets import Rulebook
from scheduling.rules.supervision import supervision
from scheduling.rules.timeline import DAY, MOST_CLOCK_CHANGE, Timeline, timeline
from scheduling.rules.verdict import Verdict

WEEK = 7
Span = tuple[int, int]  # first and last day, as ordinals


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
    before: PersonRecord,
    after: PersonRecord,
    book: Rulebook,
    *,
    team: Iterable[PersonRecord] | None = None,
    only_brought: bool = False,
) -> EditVerdicts:
    """The verdicts on one person's edit: what holds after it and did not before, and the other way round.

    `team` are the other people for the supervision ratio; their duties on the days of the changed ones, and what
    runs into those days, are enough. Without a team, or without `book.supervised_rotations`, supervision is not judged.
    With `only_brought` nothing is said of what it resolves, which takes half the time where it brings nothing.
    Raises ValueError if the two records are not of the same person.
    """
    if before.person.id != after.person.id:
        raise ValueError(f"An edit is of one person, not of {before.person.name} and {after.person.name}.")
    removed, added = _changes(before, after)
    if before.leave == after.leave and before.windows == after.windows and before.person == after.person:
        if not removed and not added:
            return EditVerdicts((), ())
        before, after = _touched(before, removed, added, book)
    rotations = {duty.rotation for duty in removed + added}
    others = _others(book, team, rotations)
    new = _verdicts(after, book, others, rotations)
    if only_brought and not new:
        return EditVerdicts((), ())
    old = _verdicts(before, book, others, rotations)
    return EditVerdicts(
        brought=tuple(by_date(verdict for verdict in new if verdict not in old)),
        resolved=() if only_brought else tuple(by_date(verdict for verdict in old if verdict not in new)),
    )


def _changes(before: PersonRecord, after: PersonRecord) -> tuple[list[Duty], list[Duty]]:
    """Duties that only the first has, and that only the second has; a duty that differs is in both."""
    gone = {duty.key: duty for duty in before.duties}
    removed, added = [], []
    for duty in after.duties:
        old = gone.pop(duty.key, None)
        if old is duty or old == duty:
            continue
        added.append(duty)
        if old is not None:
            removed.append(old)
    return removed + list(gone.values()), added


def _others(book: Rulebook, team: Iterable[PersonRecord] | None, rotations: set[str]) -> list[Timeline] | None:
    """The others on the supervised ones of these rotations; None where supervision is not judged."""
    judged = (book.supervised_rotations or frozenset()) & rotations
    if team is None or not judged or book.rule(SUPERVISION) is None:
        return None
    found = []
    for record in team:
        duties = tuple(duty for duty in record.duties if duty.rotation in judged)
        if duties:
            found.append(timeline(PersonRecord(record.person, duties), book.zone))
    return found


def _verdicts(
    record: PersonRecord, book: Rulebook, others: list[Timeline] | None, rotations: set[str]
) -> list[Verdict]:
    """The verdicts on the person, and on the supervision of the rotations of the edit."""
    line = timeline(record, book.zone)
    verdicts = person_verdicts(line, book)
    rule = book.rule(SUPERVISION)
    if others is not None and rule is not None:
        judged = (book.supervised_rotations or frozenset()) & rotations
        verdicts += supervision([*others, line], rule, judged)
    return verdicts


def _touched(
    before: PersonRecord, removed: list[Duty], added: list[Duty], book: Rulebook
) -> tuple[PersonRecord, PersonRecord]:
    """The record before and after the edit, cut to the part that the edit can touch."""
    changed_spans = [_span(duty, book) for duty in removed + added]
    first, last = min(start for start, _ in changed_spans), max(end for _, end in changed_spans)
    spans = [_span(duty, book) for duty in before.duties]
    work_days, blocked_days = _days([*before.duties, *added], spans + changed_spans[len(removed) :])
    windows = [(window.first.toordinal(), window.last.toordinal()) for window in before.windows]
    low, high = _core(blocked_days, windows, first, last)
    after_high = bisect_right(blocked_days, high)
    until = blocked_days[after_high] if after_high < len(blocked_days) else date.max.toordinal() - WEEK
    run_first, run_last = first, last
    while run_first - 1 in work_days:
        run_first -= 1
    while run_last + 1 in work_days:
        run_last += 1
    duties_from, duties_to = min(low - 1, run_first), max(until, run_last)
    windows_from = max((end for _, end in windows if end < low - WEEK), default=low - WEEK)
    windows_to = min((start for start, _ in windows if start > until + WEEK), default=until + WEEK)
    near = replace(
        before,
        duties=tuple(
            duty
            for duty, (start, end) in zip(before.duties, spans, strict=True)
            if start <= duties_to and end >= duties_from
        ),
        windows=tuple(
            window
            for window, (start, end) in zip(before.windows, windows, strict=True)
            if start <= windows_to and end >= windows_from
        ),
    )
    gone = {duty.key for duty in removed}
    kept = [duty for duty in near.duties if duty.key not in gone]
    return near, replace(near, duties=(*kept, *added))


def _span(duty: Duty, book: Rulebook) -> Span:
    """The days that a duty occupies: its own, and each further one on which work could join on to it."""
    day = duty.date.toordinal()
    length = duty.ends_at - duty.starts_at
    joins = book.break_minutes + MOST_CLOCK_CHANGE
    if not length.days and length.seconds < (DAY - joins) * 60:
        return day, day
    return day, day + (length.days * DAY + length.seconds // 60 + joins) // DAY


def _days(duties: list[Duty], spans: list[Span]) -> tuple[set[int], list[int]]:
    """The days that work occupies, and, in order, those that work or home call does."""
    work: set[int] = set()
    home: set[int] = set()
    for duty, (first, last) in zip(duties, spans, strict=True):
        if duty.kind is Kind.BACKUP and not duty.counted_minutes:
            continue
        days = home if duty.kind is Kind.HOME_CALL else work
        days.add(first)
        if last > first:
            days.update(range(first, last + 1))
    return work, sorted(work | home)


def _core(blocked_days: list[int], windows: list[Span], first: int, last: int) -> Span:
    """The days of the averages that can change: of the windows and weeks from the free days before the edit on.

    A duty may end on the day after the last that it occupies.
    """
    at = bisect_left(blocked_days, first)
    since = blocked_days[at - 1] if at else min([first, *(start for start, _ in windows)])
    until = last + 1
    touched = [(start, end) for start, end in windows if start <= until and end >= since]
    low = min([since - WEEK + 1, *(start for start, _ in touched)])
    return low, max([until + WEEK - 1, *(end for _, end in touched)])
