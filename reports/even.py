"""How evenly a schedule treats people: each one's work beside their fair share, and how far apart a level is."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from people.models import Person
from scheduling.rules.verdict import number
from scheduling.services.facts import Facts
from scheduling.services.fairness import Balance
from scheduling.solver.roster.problem import MEASURES, Measure

NAMES: Mapping[Measure, str] = {"minutes": "hours"}
UNITS: Mapping[Measure, int] = {measure: 60 if measure == "minutes" else 1 for measure in MEASURES}
WIDTH = 100  # of a bar, whose right end is the most that anybody in the group works, or would in fairness


@dataclass(frozen=True, slots=True)
class Cell:
    """What one person works of a measure (hours in hours), beside their fair share; `over` has what was carried over.

    `bar` and `mark` are where the bar ends and where the fair share is marked. All as texts: there are hundreds.
    """

    worked: str
    fair: str
    over: str
    bar: str
    mark: str


@dataclass(frozen=True, slots=True)
class Row:
    """One person; `cells` are in the order of the group's columns."""

    name: str
    is_there: bool
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Column:
    """One measure of a group: how far apart its people are, and what no schedule can be below, None if not known."""

    name: str
    spread: float
    bound: float | None


@dataclass(frozen=True, slots=True)
class Group:
    """The people of one level and track, who are compared with each other."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    has_carried: bool


def groups_of(facts: Facts, balances: Mapping[int, Balance], answer: Mapping[str, Any] | None) -> list[Group]:
    """The groups in order of level, faculty last; `answer` is that of an inquiry after the best spreads."""
    bounds = {(each["group"], each["measure"]): float(each["bound"]) for each in (answer or {}).get("spreads", ())}
    members: dict[str, list[Person]] = defaultdict(list)
    for person in sorted(facts.people, key=lambda each: (facts.rank(each, facts.first).order, each.name)):
        if person.pk in balances:
            members[balances[person.pk].group].append(person)
    return [_group(name, people, balances, bounds) for name, people in members.items()]


def _group(
    name: str, people: Sequence[Person], balances: Mapping[int, Balance], bounds: Mapping[tuple[str, Measure], float]
) -> Group:
    mine = [balances[person.pk] for person in people]
    measures = [measure for measure in MEASURES if any(getattr(each.worked, measure) for each in mine)]
    longest = {
        measure: max(getattr(tally, measure) for each in mine for tally in (each.worked, each.fair))
        for measure in measures
    }
    columns = [
        Column(NAMES.get(measure, measure), _spread(mine, measure), bounds.get((name, measure))) for measure in measures
    ]
    rows = [
        Row(person.name, each.part > 0, [_cell(each, measure, longest[measure]) for measure in measures])
        for person, each in zip(people, mine, strict=True)
    ]
    return Group(name, columns, rows, any(getattr(each.carried, measure) for each in mine for measure in MEASURES))


def _spread(balances: Sequence[Balance], measure: Measure) -> float:
    """How far who is furthest above their fair share lies from who is furthest below it, of those who are there."""
    over = [each.over(measure) / UNITS[measure] for each in balances if each.part > 0]
    return max(over) - min(over) if over else 0.0


def _cell(balance: Balance, measure: Measure, longest: float) -> Cell:
    unit = UNITS[measure]
    worked, fair = getattr(balance.worked, measure), getattr(balance.fair, measure)
    bar, mark = (f"{WIDTH * amount / longest:.1f}" for amount in (worked, fair))
    return Cell(
        _text(worked / unit, unit), _text(fair / unit, unit), _signed(balance.over(measure) / unit, unit), bar, mark
    )


def _text(amount: float, unit: int) -> str:
    """Hours are whole."""
    return f"{amount:,.0f}" if unit > 1 else number(amount)


def _signed(amount: float, unit: int) -> str:
    text = _text(abs(amount), unit)
    return text if text == "0" else f"+{text}" if amount > 0 else f"−{text}"
