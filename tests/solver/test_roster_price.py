"""What rosters cost: by hand, against the model's objective, and one move against pricing everything again."""

import subprocess
import sys
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.solver.roster.frame import Frame
from scheduling.solver.roster.ledger import Ledger
from scheduling.solver.roster.price import Move, PricedRoster, difference, price
from scheduling.solver.roster.problem import (
    MEASURES,
    Assigned,
    Carried,
    CrossCover,
    Placement,
    Prices,
    Request,
    RosterProblem,
    Rotation,
    Rules,
    Tally,
    WorkedBlock,
)
from tests.solver.roster_cases import DAY, LONG, NIGHT, NO_FAIRNESS, WARD, need, person, problem, solve

DAYS = 14
SHIFTS = ("DAY", "LONG", "NIGHT", "CALL")
CLINIC = Rotation("CL", "Clinic", regular=dict.fromkeys(range(5), ("DAY",)))
COVER = CrossCover("CL", "WARD", ("NIGHT", "LONG"), price=5.0)


def on(name: str, day: int, shift: str = "DAY", rotation: str = "WARD") -> Assigned:
    return Assigned(name, day, shift, rotation)


def test_people_that_a_block_lacks_or_has_beyond_its_most():
    case = problem(person("A"), person("B"), days=2, needs=[need(DAY, 1, price_below=70.0, price_above=9.0)])
    cost = price(case, [on("A", 0), on("B", 0)])
    assert cost.parts == {("over", None): 9.0, ("missing", None): 70.0}
    assert (cost.total, cost.of("missing"), cost.of_person("A")) == (79.0, 70.0, {})


def test_cross_cover_costs_the_least_that_a_rule_asks_and_nothing_where_no_rule_allows_it():
    dear = replace(COVER, price=8.0)
    case = problem(person("A", rotation="CL"), rotations=(WARD, CLINIC), cross_cover=(dear, COVER), days=14)
    assert price(case, [on("A", 5, "NIGHT"), on("A", 12)]).of("cross_cover") == 5.0


def test_the_ordinary_week_is_owed_except_on_holidays_on_leave_after_a_night_and_beside_another_block():
    who = person("A", 7, rotation="CL", leave=((4, 4),))
    case = problem(who, rotations=(WARD, CLINIC), days=7, holidays=(3,), prices=replace(NO_FAIRNESS, missing_regular=7))
    assert price(case, []).parts == {("regular", "A"): 21.0}  # Monday, Tuesday, Wednesday
    assert price(case, [on("A", 0, "DAY", "CL")]).of("regular") == 14.0
    assert price(case, [on("A", 0, "NIGHT")]).of("regular") == 7.0
    carried = replace(who, carried=Carried(recent=(WorkedBlock(-1, "NIGHT", "WARD"),)))
    assert price(replace(case, people=(carried,)), []).of("regular") == 14.0


def test_rest_below_the_advisory_costs_unless_a_harder_rule_forbids_it():
    rules = Rules(rest_between=None, most_continuous=None, call_every=None)
    case = problem(person("A"), days=7, rules=rules, prices=replace(NO_FAIRNESS, short_rest=30))
    close = [on("A", 0, "NIGHT"), on("A", 1, "DAY")]
    assert price(case, close).parts == {("short_rest", "A"): 30.0}
    assert price(replace(case, rules=replace(rules, rest_between=10 * 60)), close).parts == {}
    assert price(replace(case, people=(replace(case.people[0], faculty=True),)), close).parts == {}


def test_a_night_before_leave_and_refused_requests_cost_their_prices():
    who = person("A", 7, leave=((3, 4),))
    wishes = (Request("A", 0, None, wants=False, price=4), Request("A", 1, "DAY", wants=True, price=6))
    case = problem(who, days=7, requests=wishes, prices=replace(NO_FAIRNESS, into_leave=15))
    cost = price(case, [on("A", 0), on("A", 2, "NIGHT")])
    assert cost.of_person("A") == {"refused": 10.0, "into_leave": 15.0}


def test_fairness_counts_from_the_share_of_the_whole_schedule_with_what_was_carried_in():
    carried = Carried(worked=Tally(nights=1), fair=Tally(nights=2))
    case = problem(
        person("A", 14, carried=carried), person("B", 14), days=14, prices=replace(NO_FAIRNESS, night=6, hour=0.1)
    )
    nights = [on("A", day, "NIGHT") for day in range(4)]
    cost = price(case, nights)
    # 4 nights, 2 for each in fairness: A is 2 above, less 1 carried; B is 2 below. 48 hours: each 24 off, 12 are free.
    assert cost.of_person("A") == {"nights": 6.0, "minutes": pytest.approx(1.2)}
    assert cost.of_person("B") == {"nights": 12.0, "minutes": pytest.approx(1.2)}


@st.composite
def cases(draw: st.DrawFn) -> tuple[RosterProblem, list[Assigned]]:
    """Everything that has a price, and any roster at all: rules may be broken."""
    day = st.integers(0, DAYS - 1)
    people = []
    for name in "ABCDE"[: draw(st.integers(2, 4))]:
        first = draw(day)
        half = Placement(0, 6, "WARD"), Placement(7, DAYS - 1, "CL")
        people.append(
            person(
                name,
                DAYS,
                rotation=draw(st.sampled_from(["WARD", "CL"])),
                group=draw(st.sampled_from(["PGY-1", "PGY-2"])),
                leave=((first, first + 2),) if draw(st.booleans()) else (),
                share=draw(st.sampled_from([1.0, 0.5])),
                carried=Carried(Tally(nights=3, minutes=900), Tally(nights=1), (WorkedBlock(-1, "NIGHT", "WARD"),))
                if draw(st.booleans())
                else Carried(),
                faculty=draw(st.sampled_from([False, False, True])),
            )
        )
        if draw(st.booleans()):
            people[-1] = replace(people[-1], placements=half)
    names = [each.id for each in people]
    requests = tuple(
        Request(
            draw(st.sampled_from(names)), draw(day), draw(st.sampled_from([*SHIFTS, None])), draw(st.booleans()), 10
        )
        for _ in range(3)
    )
    case = problem(
        *people,
        days=DAYS,
        start=draw(st.dates(min_value=date(2026, 10, 19), max_value=date(2026, 10, 25))),  # clocks change within
        rotations=(WARD, CLINIC),
        cross_cover=(COVER,),
        needs=[
            *(need(shift, draw(st.integers(0, 2))) for shift in (DAY, LONG, NIGHT)),
            need(NIGHT, draw(st.integers(0, 2)), groups=("PGY-1",)),
        ],
        holidays=draw(st.sampled_from([(), (2, 5)])),
        requests=requests,
        rules=Rules(rest_between=draw(st.sampled_from([None, 600])), most_days_in_a_row=draw(st.sampled_from([4, 12]))),
        prices=Prices(),
    )
    taken = draw(st.sets(st.tuples(st.sampled_from(names), day, st.sampled_from(SHIFTS)), max_size=40))
    return case, [on(*each, draw(st.sampled_from(["WARD", "CL"]))) for each in sorted(taken)]


@given(cases(), st.data())
def test_a_move_costs_what_pricing_everything_again_says(drawn: tuple[RosterProblem, list[Assigned]], data):
    case, given_blocks = drawn
    names: list[str | None] = [each.id for each in case.people]
    block = data.draw(st.sampled_from(given_blocks)) if given_blocks and data.draw(st.booleans()) else None
    taker = data.draw(st.sampled_from([name for name in [*names, None] if block is None or name != block.person]))
    if block is None:
        block = on("", data.draw(st.integers(0, DAYS - 1)), data.draw(st.sampled_from(SHIFTS)))
    move = Move(block.person or None, taker, block.day, block.shift_type, block.rotation)
    after = list(given_blocks)
    if move.giver:
        after.remove(block)
    if move.taker:
        after.append(replace(block, person=move.taker))
    found = difference(PricedRoster(case, given_blocks), move)
    before, then = price(case, given_blocks), price(case, after)
    keys = {*before.parts, *then.parts}
    expected = {key: then.parts.get(key, 0.0) - before.parts.get(key, 0.0) for key in keys}
    assert found.parts == pytest.approx({key: amount for key, amount in expected.items() if abs(amount) > 1e-9})
    assert found.total == pytest.approx(then.total - before.total, abs=1e-6)


@settings(max_examples=60)
@given(cases())
def test_without_fairness_a_roster_costs_what_the_model_says(drawn: tuple[RosterProblem, list[Assigned]]):
    case = replace(drawn[0], prices=replace(NO_FAIRNESS, short_rest=3))
    solution = solve(case)
    assert price(case, solution.assignments).total == pytest.approx(solution.objective, abs=1e-4)


def test_a_short_rest_that_nobody_can_spare_costs_what_the_model_says():
    needs = [need(NIGHT, 1, days=(0,)), need(DAY, 1, days=(1,))]
    case = problem(person("A", 7), days=7, needs=needs, rules=Rules(rest_between=None), prices=NO_FAIRNESS)
    solution = solve(case)
    assert price(case, solution.assignments).parts == {("short_rest", "A"): 30.0}
    assert solution.objective == 30.0


@settings(max_examples=30)
@given(cases())
def test_balances_are_the_ledgers(drawn: tuple[RosterProblem, list[Assigned]]):
    case, given_blocks = drawn
    roster = PricedRoster(case, given_blocks)
    ledger = Ledger(Frame(case))
    ledger.enter(roster.worked, (0, DAYS - 1))
    for number in range(len(case.people)):
        for measure in MEASURES:
            assert roster.balances[number][measure] == pytest.approx(ledger.balance(number, measure))


def test_a_giver_has_to_work_the_block():
    roster = PricedRoster(problem(person("A"), person("B")), [])
    with pytest.raises(ValueError, match="not in list"):
        difference(roster, Move("A", "B", 0, "DAY", "WARD"))


def test_pricing_needs_no_optimiser():
    program = "import sys, scheduling.solver.roster.price; print(*{'pulp', 'highspy', 'numpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
