"""HiGHS as it is set up: outcomes, stopping, callbacks, and the pool of threads."""

import time
from random import Random
from threading import Thread

import pulp
import pytest

from scheduling.solver import highs


def knapsacks(size: int, rows: int, seed: int = 1) -> pulp.LpProblem:
    """Several knapsacks over the same things: small ones are quick, large ones are not."""
    random = Random(seed)
    model = pulp.LpProblem("knapsacks", pulp.LpMaximize)
    things = [model.add_variable(f"x{number}", 0, 1, "Binary") for number in range(size)]
    model.setObjective(pulp.lpSum_vars_coefs([(thing, random.randint(5, 50)) for thing in things]))
    for _ in range(rows):
        model += pulp.lpSum_vars_coefs([(thing, random.randint(1, 60)) for thing in things]) <= 500
    return model


def test_a_proven_solution_with_either_number_of_threads() -> None:
    """HiGHS silently solves nothing if the number changes and its pool is not made anew."""
    found = [highs.run(knapsacks(15, 5), seconds=20, threads=threads) for threads in (2, 1, 2)]
    assert [outcome.status for outcome in found] == ["optimal"] * 3
    assert len({outcome.objective for outcome in found}) == 1
    assert all(outcome.bound == outcome.objective and outcome.gap == 0 for outcome in found)


def test_each_thread_has_a_pool_of_its_own() -> None:
    """What another thread has made anew is not made anew here."""
    statuses = [highs.run(knapsacks(15, 5), seconds=20, threads=2).status]
    other = Thread(target=lambda: statuses.append(highs.run(knapsacks(15, 5), seconds=20, threads=1).status))
    other.start()
    other.join()
    statuses.append(highs.run(knapsacks(15, 5), seconds=20, threads=1).status)
    assert statuses == ["optimal"] * 3


def test_no_time_is_no_solution() -> None:
    outcome = highs.run(knapsacks(15, 5), seconds=0)
    assert (outcome.status, outcome.objective, outcome.has_solution) == ("none", None, False)


def test_what_cannot_be_is_said() -> None:
    model = pulp.LpProblem("never", pulp.LpMinimize)
    thing = model.add_variable("x", 0, 1, "Binary")
    model += thing + 0
    model += thing >= 2
    assert highs.run(model, seconds=5).status == "infeasible"


def test_time_that_is_up() -> None:
    outcome = highs.run(knapsacks(150, 60), seconds=1)
    assert outcome.status == "feasible"
    assert outcome.objective is not None
    assert outcome.bound is not None
    assert outcome.bound > outcome.objective


def test_improving_solutions_are_told_and_it_stops_when_asked() -> None:
    told: list[float] = []
    began = time.monotonic()
    outcome = highs.run(
        knapsacks(150, 60),
        seconds=120,
        on_solution=lambda objective, _: told.append(objective),
        should_stop=lambda: len(told) > 1,
    )
    assert outcome.status == "stopped"
    assert outcome.objective == pytest.approx(told[-1])
    assert told == sorted(told)
    assert time.monotonic() - began < 60


def test_what_a_callback_raises_comes_out() -> None:
    def burst(objective: float, bound: float | None) -> None:
        raise RuntimeError(f"told of {objective:g}, {bound}")

    with pytest.raises(RuntimeError, match="told of"):
        highs.run(knapsacks(30, 5), seconds=20, on_solution=burst)


def test_the_relaxation_is_a_bound() -> None:
    relaxed = highs.relax(knapsacks(15, 5), seconds=20)
    whole = highs.run(knapsacks(15, 5), seconds=20)
    assert relaxed.status == "optimal"
    assert relaxed.objective is not None
    assert whole.objective is not None
    assert relaxed.objective > whole.objective


def test_a_warm_start_is_taken() -> None:
    model = knapsacks(20, 5)
    best = highs.run(model, seconds=20)
    again = highs.run(model, seconds=20, warm_start=True)
    assert again.objective == best.objective
