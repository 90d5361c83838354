"""Judging a plan of HMC's data straight from the data: the hard rules it breaks, and its score.

Shares nothing with the solver but the reading of the workbook and the tables of its description.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

from benchmarks.hmc import (
    CURRICULUM,
    FLOATERS,
    LEAVE_ROTATIONS,
    PERIODS,
    SECOND_ON_CALL,
    SPLIT_STARTS,
    STAFFING,
    TEAMS,
    read,
)
from scheduling.solver.plan.problem import Person


def check(path: Path, plan: Mapping[tuple[str, int], str]) -> list[str]:
    """Every hard rule that a plan of the workbook breaks, in words, straight from the data; an empty list if none.

    `plan` has a rotation for each (id, period from 0) that has one.
    """
    problem = read(path)
    wrong: list[str] = []
    for person in problem.people:
        years = [plan.get((person.id, period)) for period in range(PERIODS)]
        wrong += [f"{person.id}: {what}" for what in _wrong_of_person(person, years)]
    for placement in problem.placements:
        if (plan.get((placement.person, placement.period)) in placement.rotations) != placement.allowed:
            wrong.append(f"{placement.person}, period {placement.period + 1}: not as pre-assigned")
    for period in range(PERIODS):
        wrong += [f"period {period + 1}: {what}" for what in _wrong_of_period(problem.people, plan, period)]
    return wrong


def _wrong_of_person(person: Person, year: list[str | None]) -> Iterator[str]:
    group, counts = person.group, Counter(year)
    named = {code for codes, _, _ in CURRICULUM[group] for code in codes}
    for period, code in enumerate(year):
        if (code is None) != (period in person.absent):
            yield f"period {period + 1}: {code or 'nothing'}"
        elif code is not None and code not in named:
            yield f"{code} is not in the curriculum"
        elif period in person.part_leave and code not in LEAVE_ROTATIONS[group]:
            yield f"period {period + 1}: on half leave on {code}"
    for codes, fewest, most in CURRICULUM[group]:
        waived = group == "R3" and len(codes) == 3 and person.absent
        if not waived and not fewest <= sum(counts[code] for code in codes) <= most:
            yield f"{' / '.join(codes)} {sum(counts[code] for code in codes)} times"
    yield from _wrong_sequences(group, year)


def _wrong_sequences(group: str, year: list[str | None]) -> Iterator[str]:
    if group == "R1" and year[0] != "Medical Teams":
        yield "does not start on Medical Teams"
    if group == "R2" and year[0] == "Senior":
        yield "starts as Senior"
    if group == "R1" and any(year[p : p + 6].count("Medical Teams") > 5 for p in range(PERIODS - 5)):
        yield "6 Medical Teams in a row"
    if group in ("R2", "R3") and any(year[p] == year[p + 1] == "Senior" for p in range(PERIODS - 1)):
        yield "two Senior in a row"
    for code in ("MICU", "CCU"):
        if any(year[p] == year[p + 1] == code for p in SPLIT_STARTS):
            yield f"{code} across pairs"
    if group == "R_NEURO" and [*year[:3], *year[-2:]] != ["Medical Teams"] * 3 + ["TRANSFER"] * 2:
        yield "Medical Teams first, TRANSFER last"


def _wrong_of_period(people: tuple[Person, ...], plan: Mapping[tuple[str, int], str], period: int) -> Iterator[str]:
    there = Counter(plan.get((person.id, period)) for person in people)
    for code, (fewest, most) in {**STAFFING, "Medical Teams": TEAMS[period]}.items():
        if there[code] < fewest or (most is not None and there[code] > most):
            yield f"{there[code]} on {code}"
    counted = [person for person in people if person.group != "R_NEURO"]
    on_call = sum(
        3 if period in person.part_leave else 6 for person in counted if plan.get((person.id, period)) in SECOND_ON_CALL
    )
    if on_call < 60:
        yield f"{on_call} second on-call"
    floaters = sum(plan.get((person.id, period)) in FLOATERS for person in counted)
    if floaters < 10:
        yield f"{floaters} floaters"


def score(path: Path, plan: Mapping[tuple[str, int], str]) -> int:
    """The data's own score of a plan, to be maximised."""
    total = 0
    for person in read(path).people:
        year = [plan.get((person.id, period)) for period in range(PERIODS)]
        pairs = list(pairwise(year))
        group = person.group
        if group == "R2":
            total += 2 * sum(pair in (("MICU", "MICU"), ("CCU", "CCU")) for pair in pairs)
        total += 2 * sum(set(pair) == {"Hematology", "Oncology"} for pair in pairs)
        if group == "R1":
            total -= sum(year[p : p + 4] == ["Medical Teams"] * 4 for p in range(PERIODS - 3))
            total -= pairs.count(("Cardiology", "Cardiology"))
        if group == "R3":
            total -= sum(year[p] == year[p + 2] == "Senior" and year[p + 1] != "Senior" for p in range(PERIODS - 2))
        if group == "R4":
            total -= 2 * sum(year[p : p + 6] == ["Registrar"] * 6 for p in range(PERIODS - 5))
    return total
