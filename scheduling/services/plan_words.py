"""What people have said of single cells of the plan, and how a sentence calls them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scheduling.models import Placement, Preference
from scheduling.services.cohorts import Placed, cohort_words, not_overruled
from scheduling.services.facts import Facts
from scheduling.solver.plan import problem as form


@dataclass(frozen=True, slots=True)
class Said:
    """Somebody's word on a cell: on one of these rotations (by code), or on none of them; and how that is put."""

    rotations: frozenset[str]
    is_allowed: bool
    words: str


@dataclass(frozen=True, slots=True)
class Words:
    """`said` by person and place of the period; `unwanted` are (person, place, code) that people asked not to be."""

    rotations: Mapping[str, form.Rotation]
    said: Mapping[tuple[int, int], Sequence[Said]]
    unwanted: frozenset[tuple[int, int, str]]

    def name(self, code: str) -> str:
        """A rotation's name."""
        return self.rotations[code].name if code in self.rotations else code


def words_of(facts: Facts, problem: form.PlanProblem) -> Words:
    """What the year's placements and cohorts say, and what people asked for (4 queries)."""
    index = {period.pk: place for place, period in enumerate(facts.periods)}
    numbers = {period.number: place for place, period in enumerate(facts.periods)}
    names = {key: rotation.name for key, rotation in facts.rotations.items()}
    said: dict[tuple[int, int], list[Said]] = defaultdict(list)
    rows = Placement.objects.filter(academic_year=facts.schedule.academic_year_id, period__in=index)
    placed: dict[tuple[int, int], list[Placed]] = defaultdict(list)
    for row in rows.prefetch_related("rotations"):
        assert row.period_id is not None
        rotations = list(row.rotations.all())
        words = " or ".join(rotation.name for rotation in rotations)
        codes = frozenset(rotation.code for rotation in rotations)
        number = facts.periods[index[row.period_id]].number
        placed[row.person_id, number].append(({rotation.pk for rotation in rotations}, row.is_allowed))
        said[row.person_id, index[row.period_id]].append(
            Said(codes, row.is_allowed, f"set down {'for' if row.is_allowed else 'not for'} {words} in the program")
        )
    for word in not_overruled(cohort_words(facts), placed):
        name = names[word.rotation]
        words = f"the cohort is on {name} then" if word.is_allowed else f"the cohort is on {name} in other periods"
        codes = frozenset({facts.rotations[word.rotation].code})
        said[word.person, numbers[word.period]].append(Said(codes, word.is_allowed, words))
    wishes = Preference.objects.filter(
        academic_year=facts.schedule.academic_year_id, period__in=index, rotation__isnull=False, wants=False
    ).values_list("person_id", "period_id", "rotation__code")
    return Words(
        rotations={rotation.code: rotation for rotation in problem.rotations},
        said=dict(said),
        unwanted=frozenset((person, index[period], code) for person, period, code in wishes),
    )
