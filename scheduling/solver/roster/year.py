"""A whole roster: span by span, each given those made before it, two (or more) spans at a time.

Spans made at the same time never touch. Lane 1 makes the first half of the year and lane 2 the second; in every round
each lane makes its next span, knowing all rounds before: their blocks on either side of it (rest and runs cross the
edges) and the ledger of fairness, whose order does not matter. So the outcome does not depend on which lane is
quicker. Where lane 1 meets what lane 2 began with, the first days of that are made again: between two fixed sides
some nights could not be staffed.
"""

from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from threading import Event
from time import monotonic

from scheduling.solver.highs import POLL_SECONDS, versions
from scheduling.solver.progress import OnProgress, Progress, ShouldStop, relative_gap
from scheduling.solver.roster.coverage import Demand, shortfalls, who_is_there
from scheduling.solver.roster.foresight import expected_nights
from scheduling.solver.roster.frame import Frame
from scheduling.solver.roster.ledger import Ledger
from scheduling.solver.roster.pins import broken_pins
from scheduling.solver.roster.problem import Assigned, Carried, RosterProblem, RosterSolution, Span, WorkedBlock
from scheduling.solver.roster.requests import refused
from scheduling.solver.roster.span import Budget, SpanResult, Worked, make_span

REMEMBERED_DAYS = 35  # how far back a person's blocks are handed on: an averaging window and a long run
SEAM_DAYS = 3
LONGEST_SPAN = 31
HASTY_SECONDS = 60.0  # for each span when time is up: a roster without fairness rather than none


def solve_roster(
    problem: RosterProblem,
    *,
    time_limit: float,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
    threads: int = 2,
) -> RosterSolution:
    """Makes the roster. Always returns one: what cannot be staffed is in `shortfalls`.

    Problems of people with limits of their own, and nothing that ties days together but those, are solved as paths.

    `time_limit` is in seconds of wall clock, shared between the spans; the result is the same each time
    unless it cuts. Both functions are called in the calling thread, `should_stop` several times a second.
    After it said so, the status is "cancelled" and the roster holds what was made by then.
    """
    from scheduling.solver.stretch import solve_stretch, unsupported  # here, since that package reads this one

    if any(person.limits for person in problem.people) and not unsupported(problem):
        return solve_stretch(
            problem, time_limit=time_limit, on_progress=on_progress, should_stop=should_stop, threads=threads
        )
    return _Run(problem, time_limit, threads).solve(on_progress, should_stop)


@dataclass(frozen=True, slots=True)
class _Made:
    index: int
    days: Span
    result: SpanResult


class _Run:
    def __init__(self, problem: RosterProblem, time_limit: float, threads: int) -> None:
        self.started = monotonic()
        self.problem = problem
        self.frame = Frame(problem)
        self.demand = Demand(self.frame)
        self.worked: Worked = fixed_blocks(self.frame)
        self.spans = open_spans(problem)
        self.rounds = rounds_of(len(self.spans), threads)
        self.nights_ahead = [expected_nights(self.demand, days) for days in self.spans]
        self.until = self.started + time_limit
        self.threads = threads
        self.made: list[_Made] = []
        self.cancelled = Event()

    def solve(self, on_progress: OnProgress | None, should_stop: ShouldStop | None) -> RosterSolution:
        if on_progress:
            on_progress(self._progress(0))
        with ThreadPoolExecutor(max_workers=max(1, self.threads)) as pool:
            for number, indexes in enumerate(self.rounds):
                if self.cancelled.is_set():
                    break
                share = self._share(number)
                spans = [self._reopen(index) for index in indexes]
                running = [
                    pool.submit(self._make, index, days, self._ledger(self.spans[index]), share)
                    for index, days in zip(indexes, spans, strict=True)
                ]
                self._attend(running, on_progress, should_stop)
                for future in running:
                    self._enter(future.result())
        return self._solution()

    def _share(self, number: int) -> float:
        """Until when a round may look for better rosters: the time left, in equal parts."""
        now = monotonic()
        return now + max(0.0, self.until - now) / (len(self.rounds) - number)

    def _reopen(self, index: int) -> Span:
        """The days to make: the span, and the first days of the next one if that is made already, which are cleared."""
        days = self.spans[index]
        place = next((at for at, made in enumerate(self.made) if made.days[0] == days[1] + 1), None)
        if place is None:
            return days
        following = self.made[place]
        last = min(following.days[1], days[1] + SEAM_DAYS)
        self.made[place] = replace(following, days=(last + 1, following.days[1]))
        for person, block in following.result.given:
            if block.day <= last:
                self.worked[person][block.day].remove(block)
        return days[0], last

    def _ledger(self, making: Span) -> Ledger:
        """Fairness of all days that are made, or fixed for good, and what is foreseen of the others but these."""
        ledger = Ledger(self.frame)
        for days in closed_spans(self.problem):
            ledger.enter(self.worked, days)
        for made in self.made:
            ledger.enter(self.worked, made.days)
        done = {made.index for made in self.made}
        for index, days in enumerate(self.spans):
            if index not in done and days != making:
                ledger.foresee("nights", self.nights_ahead[index], days)
        return ledger

    def _make(self, index: int, days: Span, ledger: Ledger, share: float) -> _Made:
        stop = self.cancelled.is_set
        result = make_span(self.demand, self.worked, ledger, days, Budget(self.until, share, stop))
        if result.objective is None and not self.cancelled.is_set():
            until = monotonic() + HASTY_SECONDS
            result = make_span(self.demand, self.worked, ledger, days, Budget(until, until, stop), fair=False)
            result = SpanResult(result.given, "feasible", result.objective, None)
        return _Made(index, days, result)

    def _enter(self, made: _Made) -> None:
        for person, block in made.result.given:
            self.worked[person].setdefault(block.day, []).append(block)
        self.made.append(made)

    def _attend(
        self, running: Sequence[Future[_Made]], on_progress: OnProgress | None, should_stop: ShouldStop | None
    ) -> None:
        """Waits for a round in the calling thread, which is the one that may speak to the caller."""
        left: set[Future[_Made]] = set(running)
        while left:
            done, left = wait(left, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
            if should_stop and not self.cancelled.is_set() and should_stop():
                self.cancelled.set()
            if done and on_progress:
                on_progress(self._progress(len(running) - len(left)))

    def _progress(self, done_now: int) -> Progress:
        done = len(self.made) + done_now
        total = len(self.spans)
        objective, bound = _sums(self.made)
        return Progress(
            f"roster, {done} of {total} periods", 100 * done / total, objective, bound, relative_gap(objective, bound)
        )

    def _solution(self) -> RosterSolution:
        problem, whole = self.problem, (0, self.problem.days - 1)
        there = who_is_there(self.demand, self.worked, whole)
        ledger = Ledger(self.frame)
        for days in (*closed_spans(problem), *self.spans):
            ledger.enter(self.worked, days)
        objective, bound = _sums(self.made)
        return RosterSolution(
            assignments=tuple(sorted(_assigned(self.frame, self.worked))),
            shortfalls=tuple(shortfalls(self.demand, there, whole)),
            broken_pins=tuple(broken_pins(self.frame, self.worked)),
            refused=tuple(refused(self.frame, self.worked, whole)),
            fairness=tuple(ledger.shares()),
            carried=_carried(self.frame, self.worked, ledger),
            objective=objective or 0.0,
            bound=bound,
            gap=relative_gap(objective, bound),
            status=self._status(),
            seconds=monotonic() - self.started,
            versions=versions(),
            seed=problem.seed,
            is_complete=self._is_complete(),
        )

    def _is_complete(self) -> bool:
        """Whether every span was made, if only with the first roster found before somebody said stop."""
        return len(self.made) == len(self.spans) and all(made.result.objective is not None for made in self.made)

    def _status(self) -> str:
        if self.cancelled.is_set():
            return "cancelled"
        return "optimal" if all(made.result.status == "optimal" for made in self.made) else "feasible"


def fixed_blocks(frame: Frame) -> Worked:
    """The blocks that stand before anything is made: pins, and what was worked before the problem starts."""
    worked: Worked = [{} for _ in frame.problem.people]
    index = {person.id: number for number, person in enumerate(frame.problem.people)}
    for number, person in enumerate(frame.problem.people):
        for block in person.carried.recent:
            worked[number].setdefault(block.day, []).append(block)
    for pin in frame.problem.pins:
        number = index[pin.person]
        rotation = pin.rotation or frame.placed[number].get(pin.day, "")
        worked[number].setdefault(pin.day, []).append(WorkedBlock(pin.day, pin.shift_type, rotation))
    return worked


def open_spans(problem: RosterProblem) -> list[Span]:
    """The days to be made, cut at the averaging windows; short windows (weeks) are made together, up to a month."""
    first = problem.first_open or 0
    last = problem.days - 1 if problem.last_open is None else problem.last_open
    spans: list[Span] = []
    for low, high in problem.periods:
        low, high = max(low, first), min(high, last)
        if low > high:
            continue
        if spans and high - spans[-1][0] < LONGEST_SPAN:
            spans[-1] = (spans[-1][0], high)
        else:
            spans.append((low, high))
    return spans


def closed_spans(problem: RosterProblem) -> list[Span]:
    """The days that keep exactly their pins, cut likewise."""
    first = problem.first_open or 0
    last = problem.days - 1 if problem.last_open is None else problem.last_open
    before = [(low, min(high, first - 1)) for low, high in problem.periods if low < first]
    after = [(max(low, last + 1), high) for low, high in problem.periods if high > last]
    return [*before, *after]


def rounds_of(count: int, lanes: int) -> list[list[int]]:
    """Which spans are made together: of 13 with two lanes 0 and 7, 1 and 8, ... 5 and 12, and 6 at last."""
    step = -(-count // max(1, lanes))
    if step < 2:  # neighbours never at the same time
        step = min(count, 2)
    return [list(range(first, count, step)) for first in range(step)]


def _sums(made: Sequence[_Made]) -> tuple[float | None, float | None]:
    objectives = [one.result.objective for one in made]
    bounds = [one.result.bound for one in made]
    return (
        sum(o for o in objectives if o is not None) if made and None not in objectives else None,
        sum(b for b in bounds if b is not None) if made and None not in bounds else None,
    )


def _assigned(frame: Frame, worked: Worked) -> list[Assigned]:
    return [
        Assigned(person.id, block.day, block.shift_type, block.rotation)
        for person, by_day in zip(frame.problem.people, worked, strict=True)
        for day, blocks in by_day.items()
        if 0 <= day < frame.problem.days
        for block in blocks
    ]


def _carried(frame: Frame, worked: Worked, ledger: Ledger) -> dict[str, Carried]:
    days = frame.problem.days
    carried = {}
    for number, person in enumerate(frame.problem.people):
        recent = sorted(
            (block.day - days, block.shift_type, block.rotation)
            for day, blocks in worked[number].items()
            if days - REMEMBERED_DAYS <= day < days
            for block in blocks
        )
        carried[person.id] = ledger.carried(number, tuple(WorkedBlock(*block) for block in recent))
    return carried
