"""Fairness in the model of a span: each person's distance from their fair share is priced.

The fair share of a span is worked out beforehand, from what the group can be expected to work. That leaves
the model free of rows that tie a whole group together, which made it ten times slower; the ledger counts what
was worked in truth, so that an error in the estimate never adds up.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from math import floor

from scheduling.solver.roster.choosing import exclusive, is_work
from scheduling.solver.roster.coverage import Demand, There, regular_shifts
from scheduling.solver.roster.frame import Frame
from scheduling.solver.roster.ledger import Ledger, groups, is_night, tally, weekend_of, weights
from scheduling.solver.roster.model import Agenda, Cell, Choice, Model, Term, ones
from scheduling.solver.roster.problem import MEASURES, Measure, Span

# Hours are compared coarsely: within this of the fair share costs nothing, or a shift's length would decide everything.
FREE_MINUTES = 12 * 60


def distance_price(distance: float) -> float:
    """What a distance from the fair share costs, as a multiple of the price: the farther, the more a unit costs."""
    away = abs(distance)
    return away + max(0.0, away - 2) + max(0.0, away - 4)


Targets = dict[tuple[int, Measure], float]


def fair_targets(demand: Demand, agendas: Sequence[Agenda], ledger: Ledger, there: There, days: Span) -> Targets:
    """What each person would have to be given in these days, besides what is fixed, for their balance to end at 0.

    Only measures with a price have targets.
    """
    frame = demand.frame
    by_person = {agenda.person: agenda for agenda in agendas}
    chances = expect(demand, agendas, there)
    targets: Targets = {}
    for members in groups(frame).values():
        parts = weights(frame, members, days)
        fixed = {person: tally(frame, person, by_person[person].fixed, days) for person in members}
        for measure in MEASURES:
            if measure_price(frame, measure) <= 0:
                continue
            given = sum(_expected(frame, by_person[person], measure, chances) for person in members)
            total = given + sum(fixed[person][measure] for person in members)
            for person in members:
                balance = ledger.balance(person, measure) + fixed[person][measure]
                targets[person, measure] = total * parts[person] - balance
    return targets


def add_fairness(model: Model, frame: Frame, agenda: Agenda, targets: Targets) -> None:
    """Prices how far what the person is given lies from their targets, for each measure that they can still change."""
    for measure in MEASURES:
        if (agenda.person, measure) in targets:
            target, price = targets[agenda.person, measure], measure_price(frame, measure)
            if measure == "minutes":
                _add_minutes(model, frame, agenda, target, price)
            else:
                _add_distance(model, frame, agenda, measure, target, price)


Chances = dict[int, float]  # by the id of a choice: how likely it is to be taken


def expect(demand: Demand, agendas: Sequence[Agenda], there: There) -> Chances:
    """How likely each choice is: what a block still needs, spread over those who may work it, the cheaper the likelier.

    Blocks of the ordinary week are likely as far as nothing else is on that day.
    """
    cells: dict[Cell, list[Choice]] = defaultdict(list)
    for agenda in agendas:
        for choices in agenda.choices.values():
            for choice in choices:
                cells[choice.cell].append(choice)
    chances: Chances = {}
    for cell, choices in cells.items():
        needed = max((row.fewest for row in demand.on(*cell)), default=0) - len(there.get(cell, ()))
        total = sum(1 / (1 + choice.price) for choice in choices)
        for choice in choices:
            chances[id(choice)] = min(1.0, max(0, needed) / (1 + choice.price) / total)
    for agenda in agendas:
        for day, choices in agenda.choices.items():
            owed = regular_shifts(demand.frame, agenda.person, day)
            others = sum(chances[id(c)] for c in choices if not _leaves_room(demand.frame, c, owed))
            for choice in choices:
                if choice.block.shift_type in owed and not choice.price:
                    chances[id(choice)] = max(0.0, 1 - others)
    return chances


def _leaves_room(frame: Frame, choice: Choice, owed: Sequence[str]) -> bool:
    """Whether the choice is of the ordinary week, or may be worked beside it."""
    code = choice.block.shift_type
    return code in owed or any(frame.joined(code, other) for other in owed)


def _expected(frame: Frame, agenda: Agenda, measure: Measure, chances: Chances) -> float:
    if measure == "minutes":
        return sum(
            chances[id(c)] * frame.counted(c.block.shift_type, c.day)
            for choices in agenda.choices.values()
            for c in choices
        )
    return sum(
        max(sum(chances[id(choice)] for choice in choices) for choices in event)
        for event in _events(frame, agenda, measure)
    )


def _events(frame: Frame, agenda: Agenda, measure: Measure) -> list[list[list[Choice]]]:
    """What the measure counts, each event once if any of its choices is taken; the choices are given by day."""
    events: dict[int, list[list[Choice]]] = defaultdict(list)
    done = {day for day, blocks in agenda.fixed.items() if any(is_work(frame, block) for block in blocks)}
    for day, choices in agenda.choices.items():
        if measure == "nights":
            key: int | None = day
            counting = [c for c in choices if is_night(frame, agenda.person, c.block)]
        elif measure == "backups":
            key = day
            counting = [c for c in choices if not is_work(frame, c.block)]
        else:
            weekend = weekend_of(frame, day)
            key = weekend if measure == "weekends" else day if day in frame.holidays else None
            taken = {weekend, weekend + 1} if measure == "weekends" and weekend is not None else {day}
            counting = [c for c in choices if is_work(frame, c.block)] if not taken & done else []
        if key is not None and counting:
            events[key].append(counting)
    return list(events.values())


def _add_distance(model: Model, frame: Frame, agenda: Agenda, measure: Measure, target: float, price: float) -> None:
    terms: list[Term] = []
    for event in _events(frame, agenda, measure):
        terms += _once(model, frame, event)
    most = len(terms)
    if not most:
        return
    # Priced at whole numbers and straight between them: a linear relaxation then sees what whole nights cost, which
    # closes nearly all of its gap.
    near = {min(most, max(0, floor(target) + step)) for step in range(-5, 7)}
    points = sorted(near | {0, most})
    model.constant += price * distance_price(points[0] - target)
    for low, high in pairwise(points):
        slope = (distance_price(high - target) - distance_price(low - target)) / (high - low)
        terms.append((model.amount(price * slope, high - low), -1.0))
    model.equal(terms, 0.0)


def _once(model: Model, frame: Frame, event: list[list[Choice]]) -> list[Term]:
    """Terms whose sum is 1 if any choice of the event is taken."""
    cliques = [clique for choices in event for clique in exclusive(frame, choices)]
    if len(cliques) == 1:
        return ones(cliques[0])
    happens = model.amount(0.0, 1.0)
    for clique in cliques:
        model.at_most([*ones(clique), (happens, -1.0)], 0.0)
    return [(happens, 1.0)]


def _add_minutes(model: Model, frame: Frame, agenda: Agenda, target: float, price: float) -> None:
    terms = [
        (choice.variable, minutes / 60)
        for choices in agenda.choices.values()
        for choice in choices
        if (minutes := frame.counted(choice.block.shift_type, choice.day))
    ]
    if terms:
        below, above = model.amount(price * 60), model.amount(price * 60)
        model.at_least([*terms, (below, 1.0)], (target - FREE_MINUTES) / 60)
        model.at_most([*terms, (above, -1.0)], (target + FREE_MINUTES) / 60)


def measure_price(frame: Frame, measure: Measure) -> float:
    """What a unit away from the fair share costs: per night, weekend, holiday, minute."""
    prices = frame.problem.prices
    return {
        "nights": prices.night,
        "weekends": prices.weekend,
        "holidays": prices.holiday,
        "minutes": prices.hour / 60,
        "backups": prices.backup if frame.has_backup else 0.0,
    }[measure]
