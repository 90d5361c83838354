"""Requests for and against work on a day: priced, never binding."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from scheduling.solver.roster.choosing import exclusive
from scheduling.solver.roster.frame import Frame
from scheduling.solver.roster.model import Agenda, Choice, Model, ones
from scheduling.solver.roster.problem import Request, Span, WorkedBlock

Requests = Mapping[int, Sequence[Request]]  # by person


def by_person(frame: Frame, days: Span) -> Requests:
    """The requests about these days."""
    index = {person.id: number for number, person in enumerate(frame.problem.people)}
    found: dict[int, list[Request]] = defaultdict(list)
    for request in frame.problem.requests:
        if days[0] <= request.day <= days[1]:
            found[index[request.person]].append(request)
    return found


def add_requests(model: Model, frame: Frame, agenda: Agenda, requests: Requests) -> None:
    """Prices each request of this person that is refused."""
    for request in requests.get(agenda.person, ()):
        _add_request(model, frame, agenda, request)


def _add_request(model: Model, frame: Frame, agenda: Agenda, request: Request) -> None:
    has_it = any(is_meant(request, block) for block in agenda.fixed.get(request.day, ()))
    choices = [c for c in agenda.choices.get(request.day, ()) if is_meant(request, c.block)]
    if has_it or not choices:
        model.constant += request.price if has_it != request.wants else 0.0
        return
    cliques = exclusive(frame, choices)
    if request.wants:
        model.constant += request.price
    if len(cliques) == 1:
        for choice in choices:
            model.charge(choice.variable, -request.price if request.wants else request.price)
    else:
        _charge_any(model, cliques, choices, request)


def _charge_any(model: Model, cliques: list[list[Choice]], choices: list[Choice], request: Request) -> None:
    """Where several blocks may be worked on the day, the request is about any of them."""
    any_of_them = model.amount(-request.price if request.wants else request.price, 1.0)
    if request.wants:
        model.at_most([(any_of_them, 1.0), *((c.variable, -1.0) for c in choices)], 0.0)
    else:
        for clique in cliques:
            model.at_most([*ones(clique), (any_of_them, -1.0)], 0.0)


def refused(frame: Frame, worked: Sequence[dict[int, list[WorkedBlock]]], days: Span) -> list[Request]:
    """The requests of these days that the roster refuses."""
    return [
        request
        for person, requests in by_person(frame, days).items()
        for request in requests
        if any(is_meant(request, block) for block in worked[person].get(request.day, ())) != request.wants
    ]


def is_meant(request: Request, block: WorkedBlock) -> bool:
    """Whether the block is one that the request is about."""
    return request.shift_type is None or request.shift_type == block.shift_type
