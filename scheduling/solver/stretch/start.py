"""A first roster at once: each person in turn takes the line that helps most, then everybody reconsiders."""

from collections.abc import Callable

from scheduling.solver.stretch.case import Case
from scheduling.solver.stretch.network import Floats, Line, Network


def first_roster(case: Case, networks: list[Network], stop: Callable[[], bool]) -> dict[int, Line]:
    """A line for everybody, none of which alone can be bettered (unless `stop` says so earlier)."""
    lines: dict[int, Line] = {}
    counts = case.counts({})
    for i in range(len(networks)):
        lines[i] = _answer(case, networks[i], i, counts)
        counts[case.in_rows(lines[i], case.members[i])] += 1
    price = case.objective(lines)
    while not stop():
        for i, member in enumerate(case.members):
            counts[case.in_rows(lines[i], member)] -= 1
            lines[i] = _answer(case, networks[i], i, counts)
            counts[case.in_rows(lines[i], member)] += 1
            if stop():
                break
        before, price = price, case.objective(lines)
        if price >= before - 1e-9:
            break
    return lines


def _answer(case: Case, network: Network, i: int, counts: Floats) -> Line:
    """The best line of one person beside the others'."""
    member = case.members[i]
    line = network.best(member.cost + case.spread(case.rows.of_one_more(counts), member))
    if line is None:
        raise ValueError(f"{member.person.name} has no line of work within their limits")
    return line
