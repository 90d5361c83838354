"""X+Y: what the cohorts of a year say about where their people are, and where they are not."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from people.models import Person, Standing
from scheduling.models import Cohort
from scheduling.services.facts import Facts


@dataclass(frozen=True, slots=True)
class Word:
    """A person in the period of a number: on this rotation, or (not `is_allowed`) not on it. Keys name them."""

    person: int
    period: int
    rotation: int
    is_allowed: bool


# Keys of rotations, and whether somebody is on one of these or (False) on none of them.
type Placed = tuple[Collection[int], bool]


def cohort_words(facts: Facts) -> list[Word]:
    """What the active cohorts of the schedule's year say (1 query).

    Somebody belongs to the cohort that they are in on the first day of a period, or of the schedule within it. Its
    rotation is theirs in its periods; in the others it is not, unless they may be there otherwise.
    """
    rows = list(Cohort.objects.filter(academic_year=facts.schedule.academic_year_id, is_active=True))
    if not rows:
        return []
    by_name: dict[str, list[Cohort]] = defaultdict(list)
    for row in rows:
        by_name[row.name].append(row)
    return list(_words(facts, by_name))


def not_overruled(words: Iterable[Word], placed: Mapping[tuple[int, int], Sequence[Placed]]) -> list[Word]:
    """The words that stand beside what was placed by hand, by person and the period's number: a placement of one person
    is stronger than what is said of their whole cohort, and what agrees with it stands."""
    return [
        word
        for word in words
        if all(_agrees(word, rotations, allowed) for rotations, allowed in placed.get((word.person, word.period), ()))
    ]


def _agrees(word: Word, rotations: Collection[int], is_allowed: bool) -> bool:
    named = word.rotation in rotations
    return word.is_allowed == named if is_allowed else not (word.is_allowed and named)


def cohorts_on(people: Collection[Person], day: date) -> dict[int, str]:
    """By person's key, the cohort of a day; blank for none (1 query)."""
    changes = _changes(people)
    return {person.pk: _cohort_on(person, changes.get(person.pk, ()), day) for person in people}


def _words(facts: Facts, rows: Mapping[str, list[Cohort]]) -> Iterator[Word]:
    for person in facts.people:
        for period in facts.periods:
            day = max(period.start_date, facts.first)
            for row in rows.get(facts.ranks.cohort(person.pk, day), ()):
                is_theirs = period.number in row.periods
                if is_theirs or not row.may_be_there_otherwise:
                    yield Word(person.pk, period.number, row.rotation_id, is_theirs)


def _cohort_on(person: Person, changes: Sequence[tuple[date, str]], day: date) -> str:
    """The cohort of a day; today's where nothing is recorded for that time."""
    cohort = person.cohort
    for since, changed in changes:
        if since > day:
            break
        cohort = changed
    return cohort


def _changes(people: Collection[Person]) -> Mapping[int, Sequence[tuple[date, str]]]:
    found: dict[int, list[tuple[date, str]]] = defaultdict(list)
    rows = Standing.objects.filter(person__in=[person.pk for person in people]).order_by("from_date")
    for person, since, cohort in rows.values_list("person_id", "from_date", "cohort"):
        found[person].append((since, cohort))
    return found
