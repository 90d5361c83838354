"""Whatever is lost: no plan breaks a must, and none changes more than the least that trying everything finds."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.solver.repair.problem import RepairPlan, RepairProblem
from scheduling.solver.repair.solve import solve_repair
from scheduling.solver.roster.problem import Assigned, Coverage, Person, Pin, Rules
from scheduling.solver.roster.year import solve_roster
from tests.solver.roster_cases import DAY, NIGHT, NO_FAIRNESS, need, person, problem
from tests.solver.roster_judge import musts_broken

DAYS, OPEN = 14, (5, 7)
STATES = (None, "DAY", "NIGHT")
# Where the optimiser is stricter than the rules, trying everything would find more: free days are counted from one hour
# of the day, and nights in a row on every rotation.
EXACT = replace(Rules(), free_day_in=None, most_nights_in_a_row=None, most_days_in_a_row=5)
WHOLE = replace(EXACT, free_day_in=7, most_nights_in_a_row=3)


@st.composite
def repairs(draw: st.DrawFn, rules: Rules) -> RepairProblem:
    """Three or four people of two levels, a roster that keeps the rules, and A away for some of three open days."""
    names = "ABCD"[: draw(st.integers(3, 4))]
    people = [person(name, DAYS, group=draw(st.sampled_from(["PGY-1", "PGY-2"]))) for name in names]
    senior = Coverage("WARD", draw(st.sampled_from(["DAY", "NIGHT"])), 1, groups=("PGY-2",), price_below=500)
    case = problem(
        *people,
        days=DAYS,
        needs=[need(DAY, draw(st.integers(1, 2))), need(NIGHT, draw(st.integers(0, 1))), senior],
        rules=rules,
        prices=replace(NO_FAIRNESS, night=draw(st.sampled_from([0, 6]))),
        seed=draw(st.integers(0, 9)),
    )
    if all(who.group == "PGY-1" for who in people):
        case = replace(case, coverage=case.coverage[:2])
    current = solve_roster(case, time_limit=30).assignments
    first = draw(st.sampled_from([5, 5, 6]))
    leave = (first, draw(st.integers(first, OPEN[1])))
    theirs = [each for each in current if each.person != "A"]
    pinned = draw(st.lists(st.sampled_from(theirs), max_size=1)) if theirs else []
    absent = [replace(who, leave=(leave,)) if who.id == "A" else who for who in case.people]
    return RepairProblem(
        replace(case, people=tuple(absent), pins=tuple(Pin(each.person, each.day, each.shift_type) for each in pinned)),
        current,
        *OPEN,
        notice_until=draw(st.sampled_from([None, None, 6, 7])),
    )


@settings(max_examples=25, deadline=None)
@given(repairs(EXACT))
def test_no_plan_at_all_is_better_than_the_first(case: RepairProblem) -> None:
    solution = solve_repair(case, time_limit=30)
    first = solution.plans[0]
    best, fewest_people = _try_everything(case)
    assert (_missing(case, first), first.changes, len(first.people)) == best
    assert (solution.fewest_changes, solution.fewest_people) == (best[1], fewest_people)
    assert solution.status == "optimal"


@settings(max_examples=25, deadline=None)
@given(repairs(WHOLE))
def test_plans_break_no_must_and_say_what_is_missing(case: RepairProblem) -> None:
    solution = solve_repair(case, time_limit=30)
    kept = set(case.current) - set(solution.lost)
    assert len({plan.people for plan in solution.plans}) == len(solution.plans) >= 1
    for plan in solution.plans:
        after = (kept - set(plan.removed)) | set(plan.added)
        assert len(after) == len(kept) - len(plan.removed) + len(plan.added)
        assert [line for line in musts_broken(case.roster, after) if line[0] != "A"] == []
        assert {each.person for each in (*plan.added, *plan.removed)} == set(plan.people)
        assert len(plan.added) + len(plan.removed) == plan.changes
        if plan.missing_price == solution.plans[0].missing_price:
            assert plan.changes >= solution.fewest_changes
            assert len(plan.people) >= solution.fewest_people
        assert sum(short.price for short in plan.shortfalls) == plan.missing_price
        there = Counter((each.day, each.shift_type, each.rotation) for each in after)
        for short in plan.shortfalls:
            if short.groups is None:
                fewest = max(row.fewest for row in case.roster.coverage if row.shift_type == short.shift_type)
                assert short.missing == fewest - there[short.day, short.shift_type, short.rotation]
        pinned = {(pin.person, pin.day, pin.shift_type) for pin in case.roster.pins}
        for each in plan.removed:
            assert (each.person, each.day, each.shift_type) not in pinned
            assert each.day >= (case.notice_until or 0)
        assert all(OPEN[0] <= each.day <= OPEN[1] for each in (*plan.added, *plan.removed))
        assert "A" not in plan.people


type Outcome = tuple[float, int, int]  # price of people missing, changes, people touched


def _try_everything(case: RepairProblem) -> tuple[Outcome, int]:
    """The best of all rosters of the open days, and the fewest people touched by one that misses no more."""
    others = [who for who in case.roster.people if who.id != "A"]
    ways = [list(_ways(case, who)) for who in others]
    outcomes = []
    for chosen in product(*ways):
        changes = [change for way in chosen for change in way]
        touched = sum(1 for way in chosen if way)
        added = tuple(each for sign, each in changes if sign == "+")
        removed = tuple(each for sign, each in changes if sign == "-")
        outcomes.append((_missing_after(case, added, removed), len(changes), touched))
    best = min(outcomes)
    return best, min(people for missing, _, people in outcomes if missing == best[0])


type Change = tuple[str, Assigned]


def _ways(case: RepairProblem, who: Person) -> Iterator[tuple[Change, ...]]:
    """Everything that one person's open days may become: what they are, or what breaks no must."""
    mine = {each for each in case.current if each.person == who.id}
    open_now = {each for each in mine if OPEN[0] <= each.day <= OPEN[1]}
    pinned = {(pin.person, pin.day, pin.shift_type) for pin in case.roster.pins}
    days = range(OPEN[0], OPEN[1] + 1)
    for states in product(STATES, repeat=len(days)):
        then = {Assigned(who.id, day, shift, "WARD") for day, shift in zip(days, states, strict=True) if shift}
        removed = open_now - then
        if any((each.person, each.day, each.shift_type) in pinned for each in removed):
            continue
        if any(each.day < (case.notice_until or 0) for each in removed):
            continue
        after = (mine - open_now) | then
        nights = {each.day for each in after if each.shift_type == "NIGHT"}
        if any(each.day - 1 in nights for each in after if each.shift_type == "DAY"):
            continue  # to the duty-hour rules one stretch of 22 hours; the program's rule wants 10 hours between
        broken = musts_broken(replace(case.roster, people=(who,)), after)
        if all("free day" in line for line in broken):
            yield (*(("+", each) for each in sorted(then - open_now)), *(("-", each) for each in sorted(removed)))


def _missing(case: RepairProblem, plan: RepairPlan) -> float:
    return _missing_after(case, plan.added, plan.removed)


def _missing_after(case: RepairProblem, added: tuple[Assigned, ...], removed: tuple[Assigned, ...]) -> float:
    """The price of what is missing beyond what was missing with A there."""
    groups = {who.id: who.group for who in case.roster.people}
    leave = {who.id: who.leave for who in case.roster.people}
    before = Counter((each.day, each.shift_type, groups[each.person]) for each in case.current)
    after = Counter(before)
    for each in case.current:
        if any(first <= each.day <= last for first, last in leave[each.person]):
            after[each.day, each.shift_type, groups[each.person]] -= 1
    for sign, changes in ((1, added), (-1, removed)):
        for each in changes:
            after[each.day, each.shift_type, groups[each.person]] += sign
    price = 0.0
    for row in case.roster.coverage:
        for day in range(OPEN[0], OPEN[1] + 1):
            counted = row.groups or ("PGY-1", "PGY-2")
            had = sum(before[day, row.shift_type, group] for group in counted)
            has = sum(after[day, row.shift_type, group] for group in counted)
            price += row.price_below * max(0, min(row.fewest, had) - has)
    return price


@st.composite
def unruly(draw: st.DrawFn) -> RepairProblem:
    """A roster that was drawn, whatever it breaks; A is away in the open days."""
    people = [person(name, DAYS) for name in "ABC"]
    blocks = [
        Assigned(who.id, day, shift, "WARD")
        for who in people
        for day in range(DAYS)
        if (shift := draw(st.sampled_from([None, "DAY", "DAY", "NIGHT"])))
    ]
    case = problem(
        replace(people[0], leave=(OPEN,)),
        *people[1:],
        days=DAYS,
        needs=[need(DAY), need(NIGHT)],
        rules=WHOLE,
        prices=replace(NO_FAIRNESS, night=6, weekend=6),
    )
    return RepairProblem(case, tuple(blocks), *OPEN, notice_until=draw(st.sampled_from([None, 6])))


@settings(max_examples=25, deadline=None)
@given(unruly())
def test_what_is_broken_already_is_taken_as_it_is_and_nothing_new_is_broken(case: RepairProblem) -> None:
    solution = solve_repair(case, time_limit=30)
    assert solution.status == "optimal"
    kept = set(case.current) - set(solution.lost)
    before = _rules_broken(case, kept)
    for plan in solution.plans:
        assert _rules_broken(case, (kept - set(plan.removed)) | set(plan.added)) <= before


def _rules_broken(case: RepairProblem, assignments: set[Assigned]) -> set[tuple[str, str]]:
    """By person, the musts that are broken."""
    lines = (line.split(": ") for line in musts_broken(case.roster, assignments))
    return {(who, rule) for who, rule, *_ in lines}
