"""Plans of random small problems, read by a second, literal reading of the rules."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.solver.plan.judge import judge
from scheduling.solver.plan.problem import (
    AtMost,
    Curriculum,
    MustBeIn,
    OnlyIn,
    Pattern,
    Person,
    Placement,
    PlanProblem,
    PlanSolution,
    Rotation,
    SequenceRule,
    Staffing,
    Step,
    Stint,
    Wish,
)
from scheduling.solver.plan.solve import solve_plan
from tests.solver.plan_checker import cost, violations

CODES = "ABC"
PRICES = st.sampled_from([None, None, 1.0, 3.0])
SETS = st.sets(st.sampled_from(CODES), min_size=1, max_size=2).map(frozenset)
GROUPS = st.sampled_from([None, frozenset({"one"}), frozenset({"two"})])


def periods_of(count: int) -> st.SearchStrategy[tuple[int, ...]]:
    return st.sets(st.integers(0, count - 1), max_size=count).map(lambda found: tuple(sorted(found)))


@st.composite
def rules(draw: st.DrawFn, periods: int) -> SequenceRule:
    kind = draw(st.sampled_from(["most", "pattern", "only", "must", "stint", "stint"]))
    name, sets, groups, price = draw(st.just("rule")), draw(SETS), draw(GROUPS), draw(PRICES)
    if kind == "most":
        window = draw(st.integers(2, 4))
        return AtMost(name, sets, draw(st.integers(0, window - 1)), window, groups, None, price)
    if kind == "pattern":
        steps = tuple(draw(st.lists(st.builds(Step, SETS, st.booleans()), min_size=1, max_size=3)))
        starts = draw(st.one_of(st.none(), periods_of(periods)))
        return Pattern(name, steps, starts, groups, None, draw(st.sampled_from([None, 2.0, -2.0])))
    if kind == "only":
        return OnlyIn(name, sets, draw(periods_of(periods)), groups, None, price)
    if kind == "must":
        return MustBeIn(name, sets, draw(periods_of(periods)), groups, None, price)
    shortest = draw(st.integers(1, 3))
    longest = draw(st.one_of(st.none(), st.integers(shortest, 4)))
    return Stint(name, sets, shortest, longest, groups, None, price)


@st.composite
def problems(draw: st.DrawFn) -> PlanProblem:
    periods = draw(st.integers(2, 5))
    names = ["ann", "bob", "cyd"][: draw(st.integers(1, 3))]
    some = st.sets(st.integers(0, periods - 1), max_size=1).map(frozenset)
    past = st.lists(st.sampled_from(["A", "B", "C", None]), max_size=3).map(tuple)
    people = tuple(
        Person(
            name,
            name,
            draw(st.sampled_from(["one", "two"])),
            absent=draw(some),
            part_leave=draw(some),
            previous=draw(past),
        )
        for name in names
    )
    cell = {"person": st.sampled_from(names), "period": st.integers(0, periods - 1)}
    small = st.integers(0, 2)
    return PlanProblem(
        periods=tuple(str(period) for period in range(periods)),
        people=people,
        rotations=tuple(Rotation(code, code) for code in CODES),
        staffing=tuple(
            Staffing(f"need {code}", (code,), fewest=draw(small), most=draw(st.sampled_from([None, 2])))
            for code in draw(st.sets(st.sampled_from(CODES), max_size=2))
        ),
        curriculum=tuple(
            Curriculum(f"owe {code}", (code,), fewest=draw(small), most=draw(st.sampled_from([None, 3])))
            for code in CODES
        ),
        sequence_rules=tuple(draw(st.lists(rules(periods), max_size=3))),
        placements=tuple(
            draw(
                st.lists(
                    st.builds(Placement, rotations=SETS, allowed=st.booleans(), pinned=st.just(False), **cell),
                    max_size=2,
                )
            )
        )
        + tuple(
            draw(
                st.lists(
                    st.builds(Placement, rotations=SETS, allowed=st.just(True), pinned=st.just(True), **cell),
                    max_size=2,
                    unique_by=lambda pin: (pin.person, pin.period),
                )
            )
        ),
        wishes=tuple(
            draw(st.lists(st.builds(Wish, rotations=SETS, weight=st.sampled_from([-2, 1, 4]), **cell), max_size=5))
        ),
        seed=draw(st.integers(0, 3)),
    )


@given(problems())
@settings(max_examples=120)
def test_plans_keep_what_is_never_given_up(problem: PlanProblem) -> None:
    solution = solve_plan(problem, time_limit=20)
    assert solution.status == "optimal"
    away = {(person.id, period) for person in problem.people for period in person.absent}
    assert not away & solution.placements.keys()
    pins = {(pin.person, pin.period): pin.rotations for pin in problem.placements if pin.pinned}
    for cell, rotations in pins.items():
        if cell not in away:
            assert solution.placements[cell] in rotations
    for placement in problem.placements:
        cell = placement.person, placement.period
        if cell in solution.placements and cell not in pins:
            assert (solution.placements[cell] in placement.rotations) == placement.allowed
    pinned = {person for person, _ in pins}
    for rule, person in product(problem.sequence_rules, problem.people):
        if rule.price is None and person.id not in pinned:
            assert violations(problem, solution, rule, person) == 0
    assert solution.objective is not None
    assert abs(solution.objective - cost(problem, solution)) < 1e-6


@given(problems())
@settings(max_examples=40)
def test_no_plan_is_better(problem: PlanProblem) -> None:
    """Against every plan there is of one person."""
    person = problem.people[0]
    only = [each for each in problem.placements if each.person == person.id]
    wishes = [wish for wish in problem.wishes if wish.person == person.id]
    alone = PlanProblem(
        problem.periods[:4],
        (Person(person.id, person.name, person.group, previous=person.previous),),
        problem.rotations,
        problem.staffing,
        problem.curriculum,
        tuple(
            rule
            for rule in problem.sequence_rules
            if not isinstance(rule, OnlyIn | MustBeIn) and not getattr(rule, "starts", None)
        ),
        tuple(each for each in only if each.period < 4 and not each.pinned),
        tuple(wish for wish in wishes if wish.period < 4),
    )
    solution = solve_plan(alone, time_limit=20)
    assert solution.status == "optimal"
    assert solution.objective == min(_objectives(alone, person.id))


def _objectives(problem: PlanProblem, who: str) -> list[float]:
    found = []
    for plan in product([*CODES, None], repeat=len(problem.periods)):
        placements = {(who, period): code for period, code in enumerate(plan) if code}
        allowed = all(
            ((placements.get((who, each.period)) in each.rotations) == each.allowed)
            or (who, each.period) not in placements
            for each in problem.placements
        )
        verdict = judge(problem, placements)
        if allowed and not any(shortfall.kind == "broken rule" for shortfall in verdict.shortfalls):
            found.append(verdict.objective)
    return found


def test_the_second_reading_counts_what_is_broken() -> None:
    """The checker itself, on a year worked out by hand: A A . A, B before."""
    person = Person("ann", "Ann", "one", absent=frozenset({2}), previous=("B",))
    problem = PlanProblem(("1", "2", "3", "4"), (person,), (Rotation("A", "A"), Rotation("B", "B")))
    plan = {("ann", 0): "A", ("ann", 1): "A", ("ann", 3): "A"}
    solution = PlanSolution(plan, (), (), (), 0, 0, 0, 0, "optimal", 0, {}, 0)
    a = frozenset("A")
    counted = [
        violations(problem, solution, rule, person)
        for rule in (
            AtMost("", a, 1, 2),
            AtMost("", a, 1, 4),
            Pattern("", (Step(a), Step(a))),
            Pattern("", (Step(a), Step(a, inside=False))),
            OnlyIn("", a, (1,)),
            MustBeIn("", frozenset("B"), (0, 2)),
            Stint("", a, shortest=3),
            Stint("", a, longest=1),
        )
    ]
    assert counted == [1, 3, 1, 1, 2, 1, 0, 1]
