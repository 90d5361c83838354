"""Which part of a plan to decide anew: a handful of cells, chosen at random but not blindly."""

from collections.abc import Iterable
from random import Random

from scheduling.solver.plan.cells import Cell
from scheduling.solver.plan.judge import Verdict
from scheduling.solver.plan.problem import PlanProblem, Shortfall
from scheduling.solver.plan.rows import Rows

KINDS = ("people", "group", "two groups", "shortfall", "periods")


class Neighbourhoods:
    """Draws neighbourhoods of about `size` variables, more often of the kinds that have helped lately."""

    def __init__(self, problem: PlanProblem, rows: Rows, size: int) -> None:
        self.random = Random(problem.seed)  # noqa: S311 - no secret
        self.rows = rows
        self.size = size
        self.periods = len(problem.periods)
        self.helped = dict.fromkeys(KINDS, 1.0)
        self.cells: dict[str, list[Cell]] = {}
        for cell in rows.options:
            self.cells.setdefault(cell[0], []).append(cell)
        self.groups: dict[str, list[str]] = {}
        for person in problem.people:
            if person.id in self.cells:
                self.groups.setdefault(person.group, []).append(person.id)
        self.total = self._weight(rows.options)

    def draw(self, verdict: Verdict) -> tuple[str, list[Cell]]:
        """The kind of neighbourhood, and its cells."""
        kinds = [kind for kind in KINDS if kind != "shortfall" or verdict.shortfalls]
        kind = self.random.choices(kinds, [0.15 + self.helped[kind] for kind in kinds])[0]
        if kind == "periods":
            return kind, self._some_periods()
        groups = sorted(self.groups)
        if kind == "group":
            first = self.random.choices(groups, [len(self.groups[group]) for group in groups])[0]
            return kind, self._some_people(self.groups[first])
        if kind == "two groups" and len(groups) > 1:
            return kind, self._some_people(
                [person for group in self.random.sample(groups, 2) for person in self.groups[group]]
            )
        if kind == "shortfall":
            return kind, self._around(self.random.choice(verdict.shortfalls))
        return kind, self._some_people(self.cells)

    def batches(self) -> list[list[Cell]]:
        """Everybody, in neighbourhoods of about `size`, with people of all groups in each."""
        ranked = []
        for people in self.groups.values():
            order = self.random.sample(people, len(people))
            ranked += [((place + 0.5) / len(order), person) for place, person in enumerate(order)]
        found: list[list[Cell]] = []
        weight = self.size
        for _, person in sorted(ranked):
            cells = self.cells[person]
            if weight >= self.size:
                found.append([])
                weight = 0
            found[-1] += cells
            weight += self._weight(cells)
        return found

    def learn(self, kind: str, *, better: bool, share_of_time: float) -> None:
        """Remembers whether the kind helped, and grows the size while rounds are quick (as a share of their time)."""
        self.helped[kind] += 0.2 * (float(better) - self.helped[kind])
        if share_of_time < 0.3:
            self.size = min(int(self.size * 1.08) + 1, self.total)
        elif share_of_time >= 0.95:
            self.size = max(int(self.size * 0.85), 60)

    def _weight(self, cells: Iterable[Cell]) -> int:
        return sum(len(self.rows.options[cell]) for cell in cells)

    def _some_people(self, people: Iterable[str], first: Iterable[str] = ()) -> list[Cell]:
        order = sorted(people)
        self.random.shuffle(order)
        chosen: list[Cell] = []
        weight = 0
        for person in dict.fromkeys([*first, *order]):
            cells = self.cells.get(person, [])
            weight += self._weight(cells)
            if chosen and weight > self.size:
                break
            chosen += cells
        return chosen

    def _around(self, shortfall: Shortfall) -> list[Cell]:
        """People who could do something about it, whole year."""
        rotations = set(shortfall.rotations)
        whom = [shortfall.person] if shortfall.person is not None else []
        if not rotations and shortfall.person is not None and shortfall.period is not None:
            rotations = set(self.rows.options.get((shortfall.person, shortfall.period), ()))
        periods = range(self.periods) if shortfall.period is None else (shortfall.period,)
        able = [
            person
            for person in self.cells
            if any(rotations & set(self.rows.options.get((person, period), ())) for period in periods)
        ]
        return self._some_people(able, whom)

    def _some_periods(self) -> list[Cell]:
        """A few periods in a row; if even two are too many, of some people only."""
        each = max(1, self.total // self.periods)
        length = min(self.periods, max(2, self.size // each))
        start = self.random.randint(0, self.periods - length)
        window = range(start, start + length)
        people = sorted(self.cells)
        self.random.shuffle(people)
        chosen: list[Cell] = []
        weight = 0
        for person in people:
            cells = [(person, period) for period in window if (person, period) in self.rows.options]
            weight += self._weight(cells)
            if chosen and weight > self.size:
                break
            chosen += cells
        return chosen
