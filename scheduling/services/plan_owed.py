"""What people owe of the curriculum: the solver's own rows, so that grid, panel and generation say the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import QuerySet

from people.models import Program
from people.prepared import columns, instance, prepared
from people.standing import Rank
from scheduling.models import Curriculum, Rotation
from scheduling.services.grid_rows import Catalog
from scheduling.services.plan_problem import curriculum_form, curriculum_groups
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


type Rows = Sequence[tuple[Any, ...]]


def read_curriculum(program: Program) -> tuple[Rows, Rows]:
    """The rows of a program's curriculum that are not off, and which rotations they name (2 queries)."""
    return _curriculum(program.pk), _named(program.pk)


def owing_of(curriculum: tuple[Rows, Rows], catalog: Catalog, periods: int, ranks: Iterable[Rank]) -> Owing:
    """The program's curriculum, for people of these ranks."""
    rows, named = curriculum
    rotations: dict[int, list[Rotation]] = {}
    for key, rotation in named:
        rotations.setdefault(key, []).append(catalog.rotations[rotation])
    made = [instance(Curriculum, row) for row in rows]
    for row in made:
        row._prefetched_objects_cache = {"rotations": rotations.get(row.pk, [])}  # type: ignore[attr-defined]
    groups = {rank.label: (rank.level, rank.track) for rank in ranks}
    return Owing(
        form.PlanProblem(
            periods=tuple(str(place) for place in range(periods)),
            people=(),
            rotations=(),
            curriculum=tuple(curriculum_form(row, names) for row, names in curriculum_groups(made, groups)),
        )
    )


@prepared
def _curriculum(program: int) -> QuerySet[Any, Any]:
    return Curriculum.objects.filter(program=program, is_active=True).values_list(*columns(Curriculum))


@prepared
def _named(program: int) -> QuerySet[Any, Any]:
    pairs = Curriculum.rotations.through.objects.filter(curriculum__program=program)
    # In the order of rotations.
    return pairs.order_by("rotation__position", "rotation__name").values_list("curriculum_id", "rotation_id")
