"""Who could take a block but for one rule, and who is eligible for it at all."""

from collections.abc import Iterable
from typing import Any

from scheduling.solver.repair.standing import Standing
from scheduling.solver.roster.duty import add_duty_rules
from scheduling.solver.roster.frame import Frame
from scheduling.solver.roster.limits import add_limits, forbidden_days
from scheduling.solver.roster.model import Agenda, Cell, Choice, Model, Term
from scheduling.solver.roster.span import allowed

RULES = (
    "rest_between",
    "most_days_in_a_row",
    "most_nights_in_a_row",
    "rest_after_call",
    "most_continuous",
    "free_day_in",
    "weekly_hours",
    "call_every",
)


def eligible(standing: Standing, cell: Cell) -> list[int]:
    """The people whose placement and level allow them the block, on leave or not, and who do not work it already."""
    return [
        person
        for person, placed in enumerate(standing.frame.placed)
        if cell[2] in placed and _choice(standing, person, cell) is not None
    ]


def rules_in_the_way(standing: Standing, person: int, cell: Cell) -> list[str]:
    """The rules of which each by itself keeps the person from taking the block besides all that they work: with any
    one of these lifted they could. Empty where they could as it is, and where nothing of the kind would help."""
    choice = _choice(standing, person, cell)
    if choice is None or not standing.frame.present(person, cell[2]):
        return []
    if cell[2] in forbidden_days(standing.frame.problem.people[person]) or _could(standing, standing.frame, choice):
        return []
    return [name for name in RULES if _could(standing, standing.frame_without(frozenset({name})), choice)]


def _choice(standing: Standing, person: int, cell: Cell) -> Choice | None:
    has = standing.worked[person].get(cell[2], ())
    choices = standing.demand.choices(person, cell[2])
    return next((choice for choice in choices if choice.cell == cell and choice.block not in has), None)


def _could(standing: Standing, frame: Frame, choice: Choice) -> bool:
    person, works = choice.person, standing.worked[choice.person]
    if not allowed(frame, person, choice.block, works):
        return False
    trial = _Trial()
    tried = Choice(person, choice.block, choice.price)
    tried.variable = trial.taken
    agenda = Agenda(person, works, {choice.day: [tried]}, stands=works)
    add_duty_rules(trial, frame, agenda, standing.days)
    add_limits(trial, frame, agenda, standing.days)
    return trial.holds


class _Trial(Model):
    """Takes rows about one block that is given, and sees whether they hold; it solves nothing."""

    def __init__(self) -> None:
        self.taken: Any = object()
        self.holds = True
        self.constant = 0.0

    def amount(self, price: float, upper: float | None = None) -> Any:  # noqa: ARG002 - as a model's
        return object()

    def at_most(self, terms: Iterable[Term], most: float) -> None:
        given = list(terms)
        slack = any(variable is not self.taken and size < 0 for variable, size in given)
        if not slack and sum(size for variable, size in given if variable is self.taken) > most + 1e-9:
            self.holds = False

    def at_least(self, terms: Iterable[Term], fewest: float) -> None:
        self.at_most([(variable, -size) for variable, size in terms], -fewest)
