"""What people owe of the curriculum: the solver's own rows, so that grid, panel and generation say the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from people.models import Program
from people.standing import Rank
from scheduling.services.plan_problem import curriculum_form, curriculum_groups, curriculum_of
from scheduling.solver.plan import problem as form
from scheduling.solver.plan.rules import Owed, owed

type Owes = tuple[tuple[str, int], ...]  # rotations' codes such as "CL/EL", and the periods that are missing
type _Standing = tuple[str, tuple[tuple[int, str], ...], frozenset[int], frozenset[int], tuple[tuple[str, int], ...]]


@dataclass(frozen=True, slots=True)
class Owing:
    """The curriculum of a program over so many periods. Most people owe the same: each kind is worked out once."""

    problem: form.PlanProblem
    _known: dict[_Standing, tuple[Owed, ...]] = field(default_factory=dict)

    @property
    def rotations(self) -> frozenset[str]:
        """The codes of all rotations that the curriculum names."""
        return frozenset(code for row in self.problem.curriculum for code in row.rotations)

    def of(self, person: form.Person, line: Sequence[str | None]) -> Owes:
        """What the person owes beside the rotations of this line, one for each period, by code."""
        found = []
        for debt in self._debts(person):
            missing = debt.fewest - sum(line[period] in debt.row.rotations for period in debt.periods)
            if missing > 0:
                found.append(("/".join(debt.row.rotations), missing))
        return tuple(found)

    def _debts(self, person: form.Person) -> tuple[Owed, ...]:
        history = tuple(sorted(person.history.items()))
        key = (person.group, person.group_changes, person.absent, person.outside, history)
        if key not in self._known:
            groups = {person.group, *(group for _, group in person.group_changes)}
            rows = tuple(row for row in self.problem.curriculum if row.groups is None or row.groups & groups)
            self._known[key] = tuple(owed(replace(self.problem, curriculum=rows), person))
        return self._known[key]


def owing_of(program: Program, periods: int, ranks: Iterable[Rank]) -> Owing:
    """The program's curriculum, for people of these ranks (2 queries)."""
    groups = {rank.label: (rank.level, rank.track) for rank in ranks}
    rows = curriculum_groups(curriculum_of(program), groups)
    return Owing(
        form.PlanProblem(
            periods=tuple(str(place) for place in range(periods)),
            people=(),
            rotations=(),
            curriculum=tuple(curriculum_form(row, names) for row, names in rows),
        )
    )
