"""Backup call in the roster: beside clinic, never beside other work, and spread evenly."""

from dataclasses import replace
from typing import Any

from scheduling.solver.roster.problem import Carried, CrossCover, Prices, RosterProblem, Rotation, ShiftType, Tally
from tests.solver.roster_cases import NIGHT, need, person, problem, solve, worked

CLINIC = ShiftType("CLINIC", "Clinic", 8 * 60, 9 * 60)
BACKUP = ShiftType("BACKUP", "Backup", 7 * 60, 24 * 60, duty="backup", joins=("CLINIC",))
OFFICE = Rotation("CLIN", "Clinic", regular=dict.fromkeys(range(5), ("CLINIC",)))
POOL = Rotation("JEO", "Jeopardy")
ONLY_BACKUP = Prices(night=0, weekend=0, holiday=0, hour=0)
NAMES = ("A", "B", "C", "D")


def backup_case(days: int = 28, **more: Any) -> RosterProblem:
    """Four people in clinic, one of whom is on backup each day."""
    given: dict[str, Any] = {
        "people": tuple(person(name, days, "CLIN") for name in NAMES),
        "shift_types": (CLINIC, BACKUP, replace(NIGHT, not_followed_by=("BACKUP", "CLINIC"))),
        "rotations": (OFFICE, POOL),
        "coverage": (need(BACKUP, rotation="JEO"),),
        "cross_cover": (CrossCover("CLIN", "JEO", ("BACKUP",), price=1.0),),
        "prices": ONLY_BACKUP,
    }
    return problem(days=days, **{**given, **more})


def test_backup_is_spread_evenly_and_clinic_goes_on():
    solution = solve(backup_case())
    assert solution.shortfalls == ()
    assert [len(worked(solution, name, "BACKUP")) for name in NAMES] == [7, 7, 7, 7]
    assert all(len(worked(solution, name, "CLINIC")) == 20 for name in NAMES)
    assert {share.fair.backups for share in solution.fairness} == {7.0}


def test_without_a_price_nothing_spreads_it_but_the_ledger_counts_it():
    solution = solve(backup_case(prices=replace(ONLY_BACKUP, backup=0)))
    counts = {name: len(worked(solution, name, "BACKUP")) for name in NAMES}
    assert sum(counts.values()) == 28
    assert {share.person: share.worked.backups for share in solution.fairness} == counts


def test_what_was_carried_in_is_made_up_for():
    ahead = Carried(worked=Tally(backups=6), fair=Tally(backups=2))
    people = [person(name, 28, "CLIN", **({"carried": ahead} if name == "A" else {})) for name in NAMES]
    solution = solve(backup_case(people=tuple(people)))
    mine, *others = (len(worked(solution, name, "BACKUP")) for name in NAMES)
    # Four beyond their share of 7; up to two units beyond cost the same each.
    assert (mine, sum(others), max(others)) == (3, 25, 9)
    assert solution.carried["A"].worked.backups == 9


def test_nobody_is_on_backup_who_works_a_night_or_comes_from_one():
    nights = (need(BACKUP, rotation="JEO"), need(NIGHT, rotation="CLIN"))
    solution = solve(backup_case(days=14, coverage=nights))
    assert solution.shortfalls == ()
    for name in NAMES:
        on_nights, on_backup = set(worked(solution, name, "NIGHT")), set(worked(solution, name, "BACKUP"))
        assert on_nights
        assert not on_backup & (on_nights | {day + 1 for day in on_nights})


def test_a_problem_without_backup_is_priced_as_ever():
    case = problem(person("A"), person("B"), needs=[need(NIGHT)], prices=Prices())
    with_price, without = solve(case), solve(replace(case, prices=replace(Prices(), backup=0)))
    assert (with_price.assignments, with_price.objective) == (without.assignments, without.objective)
