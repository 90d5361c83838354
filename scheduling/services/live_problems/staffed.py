"""What is unstaffed, from the very counts that stand at the feet of the grids."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date, timedelta
from functools import partial

from people.models import FACULTY_LEVEL
from people.standing import Rank
from scheduling.services.facts import Facts
from scheduling.services.grid_rows import Catalog
from scheduling.services.live_problems.ground import Ground, known
from scheduling.services.live_problems.lines import Problem
from scheduling.services.live_problems.memo import Asked, digest
from scheduling.services.live_problems.turns import Turns
from scheduling.services.month_staffing import Attendance, staffing_lines
from scheduling.services.staffing import Count, Line, Need, grouped, label


@dataclass(frozen=True, slots=True)
class _Month:
    """What a month's count rests on beside who works: its days, everybody's ranks, and a digest of all that."""

    days: Sequence[date]
    columns: Sequence[tuple[date, int | None, bool]]
    ranks: dict[int, Rank]
    digest: str


def blocks_unstaffed(ground: Ground, turns: Mapping[int, Turns]) -> Iterator[Asked]:
    """Each block that has too few people, for each rule of staffing; months are counted anew where they changed."""
    for first, month in known(ground, "months", lambda: dict(_months(ground))).items():
        there = [(person, mine.month_digests[first]) for person, mine in turns.items() if first in mine.there]
        yield Asked(digest(month.digest, there), partial(_short, ground, first, month, turns))


def _months(ground: Ground) -> Iterator[tuple[date, _Month]]:
    """Each month that the schedule touches by its first day, with the schedule's days of it."""
    facts = ground.facts
    common = _common(facts, _asked(ground))
    found: dict[date, list[date]] = defaultdict(list)
    for offset in range((facts.last - facts.first).days + 1):
        day = facts.first + timedelta(days=offset)
        found[day.replace(day=1)].append(day)
    for first, days in found.items():
        # As the month's grid counts: everybody is what they are on its first day.
        ranks = {person: facts.ranks.on(person, first) for person in facts.ranks.today}
        columns = [(day, _number(ground, day), day in facts.holidays) for day in days]
        yield first, _Month(days, columns, ranks, digest("month", common, columns, ranks))


def _asked(ground: Ground) -> list[Need]:
    return [need for need in ground.needs if need.shift_type is not None]


def _common(facts: Facts, needs: Sequence[Need]) -> str:
    """A digest of what every month's count rests on: the rules, and what their sentences call things."""
    rules = [[sorted(value) if isinstance(value, frozenset) else value for value in astuple(need)] for need in needs]
    rotations = [(each.pk, each.code, each.name, each.position) for each in facts.rotations.values()]
    return digest(rules, rotations, [(each.pk, each.code, each.name, each.duty) for each in facts.shift_types.values()])


def _short(ground: Ground, first: date, month: _Month, turns: Mapping[int, Turns]) -> Iterator[Problem]:
    facts = ground.facts
    attendance = Attendance(
        ranks=month.ranks,
        days=month.columns,
        blocks=[(*work, person) for person, mine in turns.items() for work in mine.there.get(first, ())],
    )
    catalog = Catalog(dict(facts.rotations), dict(facts.shift_types))
    for line in staffing_lines(attendance, _asked(ground), catalog):
        if line.need is not None:
            yield from _short_days(facts, line, line.need, month.days)


def _number(ground: Ground, day: date) -> int | None:
    place = ground.period_of.get(day)
    return None if place is None else ground.facts.periods[place].number


def _short_days(facts: Facts, line: Line, need: Need, days: Sequence[date]) -> Iterator[Problem]:
    assert need.shift_type is not None
    shift = facts.shift_types[need.shift_type]
    what, whom = _rotations(facts, need), _levels(need)
    only = [facts.rotations[key].code for key in need.rotations]
    for day, count in zip(days, line.counts, strict=True):
        if count is not None and count.short:
            yield Problem(
                kind="unstaffed",
                sentence=_words(count, what, whom, f"on {day:%a %-d %b}, {shift.name.lower()}", "covers"),
                first=day,
                last=day,
                at=day,
                block=(only[0], shift.code) if len(only) == 1 else None,
            )


def periods_unstaffed(ground: Ground) -> Iterator[Problem]:
    """Each period in which too few people are placed, from the lines of the year's grid."""
    facts = ground.facts
    year = ground.year
    groups = grouped(need for need in ground.needs if need.shift_type is None)
    rules = {label(group, dict(facts.rotations), {})[1]: group[0] for group in groups}
    for line in year.staffing:
        need = rules.get(line.title)
        for period, count in zip(year.periods, line.counts, strict=True):
            if need is not None and count is not None and count.short:
                when = f"in period {period.number} ({period.start_date:%-d %b} to {period.end_date:%-d %b})"
                yield Problem(
                    kind="unstaffed",
                    sentence=_words(count, _rotations(facts, need), _levels(need), when, "is on"),
                    first=period.start_date,
                    last=period.end_date,
                    at=period.start_date,
                    period=period.number,
                )


def _rotations(facts: Facts, need: Need) -> str:
    there = sorted((facts.rotations[key] for key in need.rotations), key=lambda each: (each.position, each.code))
    return " or ".join(rotation.name for rotation in there)


def _levels(need: Need) -> str:
    ranks = sorted((Rank(level) for level in need.levels), key=lambda rank: rank.order)
    return " or ".join("the faculty" if rank.level == FACULTY_LEVEL else rank.label for rank in ranks)


def _words(count: Count, what: str, whom: str, when: str, does: str) -> str:
    """A sentence such as "Nobody covers Ward A on Sat 7 Nov, night." or "Ward A has 1 of 2 people in period 3."."""
    if not count.number:
        needed = f": {count.fewest} are needed" if count.fewest != 1 else ""
        return f"Nobody{f' of {whom}' if whom else ''} {does} {what} {when}{needed}."
    people = "person" if count.fewest == 1 else "people"
    number = f"{count.number:.1f}".removesuffix(".0")
    return f"{what} has {number} of {count.fewest} {people}{f' of {whom}' if whom else ''} {when}."
