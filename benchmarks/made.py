"""Made-up plan problems of any size: invented people, the shape of a real program, the same for the same seed."""

from collections.abc import Iterator
from random import Random

from scheduling.solver.plan.problem import (
    AtMost,
    Curriculum,
    MustBeIn,
    OnlyIn,
    Pattern,
    Person,
    PlanProblem,
    Rotation,
    SequenceRule,
    Staffing,
    Step,
    Stint,
    Wish,
)

LEVELS = ("PGY-1", "PGY-2", "PGY-3")
MONTHLY = 13
WEEKLY = 52
COHORTS = 5

# rotation -> (share of each level's year, whether part leave may be taken on it)
SHARES: dict[str, tuple[tuple[float, float, float], bool]] = {
    "Wards A": ((0.18, 0.10, 0.08), False),
    "Wards B": ((0.18, 0.10, 0.08), False),
    "ICU": ((0.10, 0.10, 0.08), False),
    "CCU": ((0.06, 0.10, 0.06), False),
    "Night float": ((0.10, 0.08, 0.06), False),
    "Emergency": ((0.10, 0.06, 0.04), False),
    "Clinic": ((0.10, 0.10, 0.14), True),
    "Geriatrics": ((0.00, 0.08, 0.06), True),
    "Neurology": ((0.06, 0.06, 0.00), True),
    "Consults": ((0.00, 0.08, 0.14), True),
    "Elective": ((0.12, 0.08, 0.18), True),
    "Research": ((0.00, 0.06, 0.08), True),
}


def monthly(people: int, seed: int = 0) -> PlanProblem:
    """`people` residents of three levels, 13 periods, 12 rotations."""
    random = Random(seed)
    staff = tuple(_resident(number, people, random) for number in range(people))
    return PlanProblem(
        periods=tuple(f"Period {number}" for number in range(1, MONTHLY + 1)),
        people=staff,
        rotations=tuple(Rotation(code, code, None if leave else frozenset()) for code, (_, leave) in SHARES.items()),
        staffing=tuple(_monthly_staffing(people)),
        curriculum=tuple(_monthly_curriculum()),
        sequence_rules=(
            AtMost("2 of ICU, CCU and nights in any 3", frozenset({"ICU", "CCU", "Night float"}), 2, 3),
            Pattern("no nights twice in a row", _twice("Night float")),
            Pattern("wards A twice in a row", _twice("Wards A"), groups=frozenset({"PGY-1"}), price=-1),
            Pattern("emergency twice in a row", _twice("Emergency"), price=2),
            OnlyIn("research from period 4", frozenset({"Research"}), tuple(range(3, MONTHLY))),
        ),
        wishes=tuple(_monthly_wishes(staff, random)),
        seed=seed,
    )


def _twice(code: str) -> tuple[Step, ...]:
    return (Step(frozenset({code})),) * 2


def _resident(number: int, people: int, random: Random) -> Person:
    level = LEVELS[number * len(LEVELS) // people]
    leave = frozenset(random.sample(range(MONTHLY), 2))
    return Person(f"r{number:03}", f"Resident {number:03}", level, part_leave=leave)


def _monthly_staffing(people: int) -> Iterator[Staffing]:
    for code, (shares, leave) in SHARES.items():
        there = sum(shares) * people / len(LEVELS)
        if leave:
            yield Staffing(code, (code,), most=round(there * 2) + 1)
        else:
            yield Staffing(code, (code,), fewest=int(there * 0.75), most=round(there * 1.25) + 1)


def _monthly_curriculum() -> Iterator[Curriculum]:
    for code, (shares, _) in SHARES.items():
        for level, share in zip(LEVELS, shares, strict=True):
            if share:
                fewest, most = int(share * MONTHLY), round(share * MONTHLY) + 1
                yield Curriculum(f"{level}: {code}", (code,), groups=frozenset({level}), fewest=fewest, most=most)


def _monthly_wishes(people: tuple[Person, ...], random: Random) -> Iterator[Wish]:
    for person in people:
        for period in random.sample(range(MONTHLY), 4):
            code = random.choice(list(SHARES))
            yield Wish(person.id, period, frozenset({code}), random.choice((3, 2, 1, -2)))


# rotation -> (shortest stint, longest, weeks a year for each level: (fewest, most), people a week)
WEEKS: dict[str, tuple[int, int, tuple[tuple[int, int], ...], tuple[int, int]]] = {
    "Wards A": (2, 4, ((4, 8), (2, 6), (2, 6)), (5, 7)),
    "Wards B": (2, 4, ((4, 8), (2, 6), (2, 6)), (5, 7)),
    "Wards C": (2, 4, ((2, 6), (2, 4), (2, 4)), (3, 5)),
    "ICU days": (2, 2, ((2, 4), (2, 6), (2, 6)), (3, 5)),
    "ICU nights": (2, 2, ((2, 4), (2, 4), (2, 4)), (2, 4)),
    "CCU": (2, 2, ((0, 2), (2, 4), (2, 4)), (2, 3)),
    "Night float": (2, 2, ((2, 4), (2, 4), (2, 4)), (2, 4)),
    "Emergency": (2, 4, ((2, 4), (2, 4), (0, 2)), (2, 4)),
    "Geriatrics": (2, 2, ((0, 0), (2, 4), (2, 4)), (1, 3)),
    "Neurology": (2, 4, ((2, 4), (0, 4), (0, 0)), (1, 3)),
    "Hematology": (2, 4, ((0, 4), (2, 4), (2, 4)), (1, 3)),
    "Cardiology": (2, 4, ((2, 4), (2, 4), (2, 4)), (2, 4)),
    "Pulmonology": (2, 4, ((0, 4), (0, 4), (2, 4)), (1, 3)),
    "Nephrology": (2, 4, ((0, 4), (2, 4), (0, 4)), (1, 3)),
    "Consults": (2, 4, ((0, 0), (2, 4), (2, 6)), (2, 4)),
    "Elective": (2, 4, ((2, 8), (2, 10), (4, 12)), (0, 20)),
    "Vacation": (2, 2, ((4, 4), (4, 4), (4, 4)), (0, 9)),
}


def weekly(people: int = 57, weeks: int = WEEKLY, seed: int = 0) -> PlanProblem:
    """A 4+1 programme in one-week periods: stints of 2 to 4 weeks, five cohorts in clinic every fifth week."""
    random = Random(seed)
    staff = tuple(Person(f"r{n:03}", f"Resident {n:03}", LEVELS[n * len(LEVELS) // people]) for n in range(people))
    cohorts = [frozenset(person.id for person in staff[start::COHORTS]) for start in range(COHORTS)]
    codes = [*WEEKS, "Clinic East", "Clinic West"]
    return PlanProblem(
        periods=tuple(f"Week {number}" for number in range(1, weeks + 1)),
        people=staff,
        rotations=tuple(Rotation(code, code) for code in codes),
        staffing=tuple(
            Staffing(code, (code,), fewest=fewest * people // 57, most=most * people // 57 + 1)
            for code, (_, _, _, (fewest, most)) in WEEKS.items()
        ),
        curriculum=tuple(_weekly_curriculum(weeks, cohorts)),
        sequence_rules=tuple(_weekly_rules(weeks, cohorts)),
        wishes=tuple(
            Wish(person.id, week, frozenset({"Vacation"}), random.choice((7, 5, 4, -3, -4)))
            for person in staff
            for week in random.sample(range(weeks), 6 * weeks // WEEKLY)
        ),
        seed=seed,
    )


def _clinic(cohort: int) -> str:
    return ("Clinic East", "Clinic West")[cohort % 2]


def _weekly_curriculum(weeks: int, cohorts: list[frozenset[str]]) -> Iterator[Curriculum]:
    for code, (_, _, limits, _) in WEEKS.items():
        for level, (fewest, most) in zip(LEVELS, limits, strict=True):
            if most:
                share = fewest * weeks // WEEKLY
                yield Curriculum(f"{level}: {code}", (code,), groups=frozenset({level}), fewest=share, most=most)
    for number, members in enumerate(cohorts):
        yield Curriculum(f"cohort {number + 1}: clinic", (_clinic(number),), people=members)


def _weekly_rules(weeks: int, cohorts: list[frozenset[str]]) -> Iterator[SequenceRule]:
    for code, (shortest, longest, _, _) in WEEKS.items():
        yield Stint(code, frozenset({code}), shortest, longest)
    nights = frozenset({"ICU nights", "Night float"})
    yield AtMost("4 weeks of nights in any 8", nights, 4, 8)
    for number, members in enumerate(cohorts):
        clinic, turns = frozenset({_clinic(number)}), tuple(range(number, weeks, COHORTS))
        yield MustBeIn(f"cohort {number + 1} in clinic", clinic, turns, people=members)
        yield OnlyIn(f"cohort {number + 1} not in clinic", clinic, turns, people=members)
