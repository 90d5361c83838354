"""What a rollover would do, in sentences and counts, and what should be looked at before it is done."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from absences.models import Absence
from absences.services import words as leave_words
from people.models import Program
from people.rollover import DAY, Change, Fate, said, sentence
from scheduling.models import Curriculum, Schedule
from scheduling.services.rollover import Rollover


@dataclass(frozen=True, slots=True)
class Section:
    """One part of what would be done: how many, in a sentence, and each of them in another."""

    title: str
    words: str
    lines: Sequence[str] = ()


TITLES = {
    Fate.PROMOTED: "Move up",
    Fate.LATER: "Move up later",
    Fate.STAYS: "Stay",
    Fate.GRADUATES: "Graduate",
    Fate.LEAVES: "Leave",
}


def sections(plan: Rollover) -> list[Section]:
    """All that would be written, the year first; parts in which nothing happens are left out."""
    found = [_year(plan)]
    for fate, changes in plan.by_fate.items():
        if changes:
            lines = [sentence(each, plan.bounds) for each in changes if fate is not Fate.STAYS or not each.is_empty]
            found.append(Section(TITLES[fate], _fate(plan, fate, changes), lines))
    if plan.newcomers:
        lines = [f"{one.name}: PGY-{one.level} from {said(one.start)}, code {one.code}." for one in plan.newcomers]
        found.append(Section("Join", f"{_people(len(lines))} added, without an account.", lines))
    return [*found, *_work(plan)]


def _people(count: int, verb: str = "is", plural: str = "are") -> str:
    return f"1 person {verb}" if count == 1 else f"{count} people {plural}"


def _several(count: int, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{count} {noun}s"


def _year(plan: Rollover) -> Section:
    year = plan.year
    days = f"{said(year.first)} to {said(year.last)}"
    if year.found:
        return Section("Year", f"The academic year {year.name}, {days}, is there already and keeps its periods.")
    periods = _several(len(year.periods), "period")
    return Section("Year", f"The academic year {year.name} is made: {days}, with {periods}.")


def _fate(plan: Rollover, fate: Fate, changes: Sequence[Change]) -> str:
    first, before, count = said(plan.bounds.first), said(plan.bounds.first - DAY), len(changes)
    changed = sum(1 for each in changes if not each.is_empty)
    return {
        Fate.PROMOTED: f"{_people(count, 'moves', 'move')} up on {first}.",
        Fate.LATER: f"{_people(count, 'moves', 'move')} up on a day of their own.",
        Fate.STAYS: f"{_people(count, 'stays', 'stay')} what they are, {changed or 'none'} with a change.",
        Fate.GRADUATES: f"{_people(count, 'graduates', 'graduate')}, on {before} unless another day is said. "
        "After their last day they are listed among those who left.",
        Fate.LEAVES: f"{_people(count, 'leaves', 'leave')}, on {before} unless another day is said.",
    }[fate]


def _work(plan: Rollover) -> Iterator[Section]:
    rows = plan.work.cohorts
    if rows:
        lines = [f"{row.name}: {row.rotation} in periods {', '.join(map(str, row.periods))}." for row in rows]
        yield Section("Cohorts", f"{_several(len(rows), 'row')} of cohorts copied, by period number.", lines)
    new, changed = plan.history
    if new or changed:
        parts = [*([f"{new} new"] if new else []), *([f"{changed} counted anew"] if changed else [])]
        text = f"Periods done so far, by person and rotation: {' and '.join(parts)}."
        yield Section("History", f"{text} They are of rotations that the curriculum counts over the whole residency.")


def warnings(program: Program, plan: Rollover) -> list[str]:
    """What is not as it mostly is, each in a sentence (3 queries)."""
    return [
        *_of_the_years(program, plan),
        *_of_people(plan),
        *_on_leave(plan),
        *_of_levels(program, plan),
        *_of_newcomers(plan),
        *_of_cohorts(plan),
    ]


def _of_the_years(program: Program, plan: Rollover) -> Iterator[str]:
    year = plan.year
    if year.found:
        yield f"The academic year {year.name} exists already: nothing is made twice, people and history are updated."
    if year.old is None:
        yield "There is no academic year before this one: nobody brings anything from it."
        return
    if year.old.end_date != year.first - DAY:
        yield f"Between the academic year {year.old} and the new one lie days that belong to neither."
    published = Schedule.objects.published().filter(program=program)
    if not published.covering(year.old.end_date).exists():
        yield (
            f"No schedule of {year.old} is published for its last day, {said(year.old.end_date)}: nights and weekends "
            "beyond the fair share, and periods done, are not carried over. Publish it first."
        )


def _of_people(plan: Rollover) -> Iterator[str]:
    for made in plan.changes:
        member, fate = made.member, made.decision.fate
        if member.is_resident and member.before.level is None:
            yield f"{member.name} has no PGY level on {said(plan.bounds.first - DAY)}: give them one."
        if member.is_chief and fate in (Fate.GRADUATES, Fate.LEAVES):
            yield f"{member.name} is a chief and {fate}: name another where the schedule needs one."
        if member.end is not None and made.end is None and member.end <= plan.bounds.last:
            yield f"{member.name} ends on {said(member.end)}, in the new year, as recorded before."
        if member.moved and fate is Fate.PROMOTED and not member.recorded:
            yield (
                f"{member.name} moved up on {said(member.moved)}, in mid-year, and again on {said(plan.bounds.first)}: "
                "off-cycle people mostly move up on a day of their own."
            )


def _on_leave(plan: Rollover) -> Iterator[str]:
    names = {each.member.pk: each.member.name for each in plan.changes}
    first = plan.bounds.first
    rows = Absence.objects.approved().overlapping(first, first).filter(start_date__lt=first, person__in=names)
    for absence in rows.order_by("person__name"):
        yield f"{names[absence.person_id]} is on leave across the first day: {leave_words(absence)}."


def _of_levels(program: Program, plan: Rollover) -> Iterator[str]:
    rows = Curriculum.objects.filter(program=program, is_active=True, track="").order_by("level")
    wanted = [level for level in rows.values_list("level", flat=True).distinct() if level]
    if not wanted:
        yield "The curriculum has no rows: after which level people graduate is not known, so check who does."
    there: Counter[int | None] = Counter(one.level for one in plan.newcomers if one.start <= plan.bounds.last)
    for made in plan.changes:
        if made.member.is_resident and (made.end or plan.bounds.first) >= plan.bounds.first:
            there.update({made.standings[-1][0].level if made.standings else made.member.before.level})
    for level in wanted:
        if not there[level]:
            yield f"Nobody is left in PGY-{level}, and the curriculum speaks of it: add who joins, or import them."


def _of_newcomers(plan: Rollover) -> Iterator[str]:
    names = {each.member.name.casefold() for each in plan.changes}
    for one in plan.newcomers:
        if one.name.casefold() in names:
            yield f"{one.name} is to join, and somebody of this name is there already."


def _of_cohorts(plan: Rollover) -> Iterator[str]:
    if plan.work.cohorts:
        yield "Cohorts keep their period numbers: look whether their rhythm goes on over the turn of the year."
