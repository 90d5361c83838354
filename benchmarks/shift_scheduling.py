"""The public shift-scheduling instances of Curtois and Qu (schedulingbenchmarks.org): read, solve, judge.

    python -m benchmarks.shift_scheduling 1 2 3 --time-limit 60

reads InstanceN.txt from the folder shift_scheduling of the published cases and prints what was reached. A path to a
file may stand in place of a number. `problem_of` states an instance as a roster problem; `evaluate` judges
assignments straight from the file's data and shares no code with the solver.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import process_time

from benchmarks.data import DataMissing, folder
from benchmarks.figures import Figure, at_most, exactly
from benchmarks.shift_instances import BadInstance, Employee, Instance, read_instance
from scheduling.solver.roster.problem import (
    Assigned,
    Coverage,
    Limits,
    Person,
    Placement,
    Prices,
    Request,
    RosterProblem,
    Rotation,
    Rules,
    ShiftType,
)
from scheduling.solver.stretch import solve_stretch

MONDAY = date(2024, 1, 1)  # all instances start on a Monday
WARD = "WARD"
BEST_KNOWN = {1: 607, 2: 828, 3: 1001, 4: 1716, 5: 1143, 8: 1300}
PROVEN_WITHIN = {1: 30, 2: 30, 3: 30, 4: 90, 5: 90}  # seconds
NO_RULES = Rules(
    weekly_hours=False,
    free_day_in=None,
    call_every=None,
    rest_after_call=None,
    most_continuous=None,
    short_rest=None,
    rest_between=None,
    most_nights_in_a_row=None,
    most_days_in_a_row=None,
)
NO_PRICES = Prices(missing_regular=0, short_rest=0, night=0, weekend=0, holiday=0, hour=0)


def problem_of(instance: Instance) -> RosterProblem:
    """The instance as a roster problem: one rotation, no duty-hour rules, no fairness, limits for each person."""
    return RosterProblem(
        start=MONDAY,
        days=instance.horizon,
        time_zone="UTC",
        periods=((0, instance.horizon - 1),),
        shift_types=tuple(
            ShiftType(name, name, 0, shift.minutes, not_followed_by=shift.not_followed_by)
            for name, shift in instance.shifts.items()
        ),
        rotations=(Rotation(WARD, "Ward"),),
        people=tuple(_person(instance, name, employee) for name, employee in instance.staff.items()),
        coverage=tuple(
            Coverage(
                WARD,
                c.shift,
                c.requirement,
                c.requirement,
                days=(c.day,),
                price_below=c.under,
                price_above=c.over,
            )
            for c in instance.cover
        ),
        requests=(
            *(Request(w.employee, w.day, w.shift, True, w.weight) for w in instance.on),
            *(Request(w.employee, w.day, w.shift, False, w.weight) for w in instance.off),
        ),
        rules=NO_RULES,
        prices=NO_PRICES,
    )


def _person(instance: Instance, name: str, employee: Employee) -> Person:
    limits = Limits(
        shifts=employee.max_shifts,
        fewest_minutes=employee.min_total_minutes,
        most_minutes=employee.max_total_minutes,
        fewest_days_in_a_row=employee.min_consecutive_shifts,
        most_days_in_a_row=employee.max_consecutive_shifts,
        fewest_days_off_in_a_row=employee.min_consecutive_days_off,
        most_weekends=employee.max_weekends,
        days_off=tuple(instance.days_off.get(name, ())),
    )
    return Person(name, name, "Staff", (Placement(0, instance.horizon - 1, WARD),), limits=limits)


Roster = dict[str, dict[int, str]]  # employee, day, shift


def evaluate(instance: Instance, assignments: tuple[Assigned, ...]) -> tuple[int, list[str]]:
    """The penalty of a roster and every hard rule that it breaks, in words."""
    roster: Roster = {name: {} for name in instance.staff}
    broken = []
    for a in assignments:
        if a.day in roster[a.person]:
            broken.append(f"{a.person} works two shifts on day {a.day}")
        roster[a.person][a.day] = a.shift_type
    for name, worked in roster.items():
        broken += [f"{name}: {words}" for words in _broken(instance, name, worked)]
    return _penalty(instance, roster), broken


def _penalty(instance: Instance, roster: Roster) -> int:
    total = sum(w.weight for w in instance.on if roster[w.employee].get(w.day) != w.shift)
    total += sum(w.weight for w in instance.off if roster[w.employee].get(w.day) == w.shift)
    there = Counter((day, shift) for worked in roster.values() for day, shift in worked.items())
    for c in instance.cover:
        people = there[c.day, c.shift]
        total += c.under * max(0, c.requirement - people) + c.over * max(0, people - c.requirement)
    return total


def _broken(instance: Instance, name: str, worked: dict[int, str]) -> Iterator[str]:
    employee = instance.staff[name]
    for shift, number in Counter(worked.values()).items():
        if number > employee.max_shifts.get(shift, instance.horizon):
            yield f"{number} shifts {shift}"
    minutes = sum(instance.shifts[shift].minutes for shift in worked.values())
    if not employee.min_total_minutes <= minutes <= employee.max_total_minutes:
        yield f"{minutes} minutes"
    if len({day // 7 for day in worked if day % 7 >= 5}) > employee.max_weekends:
        yield "too many weekends"
    for day, shift in worked.items():
        if worked.get(day + 1) in instance.shifts[shift].not_followed_by:
            yield f"{worked[day + 1]} after {shift} on day {day}"
    for day in instance.days_off.get(name, ()):
        if day in worked:
            yield f"works on day {day}, a fixed day off"
    for at_work, first, last in _stretches(instance.horizon, worked):
        length, at_edge = last - first + 1, first == 0 or last == instance.horizon - 1
        if at_work and length > employee.max_consecutive_shifts:
            yield f"{length} days in a row from day {first}"
        fewest = employee.min_consecutive_shifts if at_work else employee.min_consecutive_days_off
        if length < fewest and not at_edge:
            yield f"{'work' if at_work else 'rest'} of only {length} days from day {first}"


def _stretches(horizon: int, worked: dict[int, str]) -> Iterator[tuple[bool, int, int]]:
    first = 0
    for day in range(1, horizon + 1):
        if day == horizon or (day in worked) != (first in worked):
            yield first in worked, first, day - 1
            first = day


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one instance. Seconds of the wall clock and of the processor (all threads)."""

    name: str
    penalty: int
    bound: float | None
    proven: bool
    seconds: float
    cpu_seconds: float
    broken: list[str]


def measure(name: str, time_limit: float, threads: int = 2) -> Result:
    """Solves an instance (a number, or a path to a file) and judges the roster by `evaluate`."""
    path = Path(name) if not name.isdigit() else folder("shift_scheduling") / f"Instance{name}.txt"
    instance = read_instance(path.read_text())
    cpu = process_time()
    solution = solve_stretch(problem_of(instance), time_limit=time_limit, threads=threads)
    penalty, broken = evaluate(instance, solution.assignments)
    if penalty != solution.objective:
        broken.append(f"the solver says that the penalty is {solution.objective:g}")
    return Result(
        path.stem,
        penalty,
        solution.bound,
        solution.status == "optimal",
        solution.seconds,
        process_time() - cpu,
        broken,
    )


def proven_case(number: int) -> Iterator[Figure]:
    """Figures of an instance that is to be proven: penalty and seconds until the proof."""
    limit = PROVEN_WITHIN[number]
    result = measure(str(number), limit)
    penalty = exactly(f"shift-{number}", result.penalty, "penalty", BEST_KNOWN[number], _note(result))
    if not result.proven or result.broken:
        penalty = Figure(penalty.case, penalty.value, penalty.unit, penalty.bar, met=False, note=penalty.note)
    yield penalty
    yield at_most(f"shift-{number} time", result.seconds, "s", limit, f"CPU {result.cpu_seconds:.1f} s")


def open_case(number: int, seconds: float) -> Iterator[Figure]:
    """The penalty that an instance too large to prove reaches in the time given."""
    result = measure(str(number), seconds)
    note = f"best known {BEST_KNOWN[number]}, {_note(result)}"
    met = False if result.broken else None
    yield Figure(f"shift-{number} in {seconds:g} s", result.penalty, "penalty", met=met, note=note)


def _note(result: Result) -> str:
    proof = "proven" if result.proven else f"bound {result.bound:g}" if result.bound is not None else "no bound"
    return "; ".join([proof, *result.broken])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.shift_scheduling", description=__doc__)
    parser.add_argument("instances", nargs="+", metavar="N", help="number or path of an instance")
    parser.add_argument("--time-limit", type=float, default=60.0, help="seconds for each")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    print(f"{'instance':14} {'penalty':>8} {'bound':>9} {'proven':7} {'wall s':>7} {'CPU s':>7}")
    broken = 0
    for name in options.instances:
        try:
            r = measure(name, options.time_limit, options.threads)
        except (BadInstance, DataMissing, OSError) as error:
            parser.error(f"{name}: {error}")
        bound = "" if r.bound is None else f"{r.bound:g}"
        proven = "yes" if r.proven else "no"
        print(f"{r.name:14} {r.penalty:8} {bound:>9} {proven:7} {r.seconds:7.1f} {r.cpu_seconds:7.1f}", flush=True)
        for words in r.broken:
            print(f"    BROKEN: {words}")
        broken += len(r.broken)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
