"""The rules as data: what they cite, what a program may change, and that every rule is measured."""

import pytest

from scheduling.rules import PROGRAM_RULES, RULE_SETS, Force
from scheduling.rules.check import PERSON_CHECKS, SUPERVISION
from scheduling.rules.rule_sets import ALWAYS
from tests.rules.made import book, found, record, shift, shifts, the

CLAUSES = {
    "weekly_hours": ("6.20", "VI.F.1", Force.MUST),
    "rest": ("6.21", "VI.F.2.a", Force.SHOULD),
    "rest_after_call": ("6.21.a", "VI.F.2.b", Force.MUST),
    "free_days": ("6.21.b", "VI.F.2.c", Force.MUST),
    "continuous_work": ("6.22", "VI.F.3.a", Force.MUST),
    "granted_hours": ("6.24", "VI.F.4.c", Force.MUST),
    "moonlighting": ("6.25.b", "VI.F.5.c", Force.MUST),
    "night_float": ("6.26", "VI.F.6", Force.MUST),
    "call_nights": ("6.27", "VI.F.7", Force.MUST),
    "home_call": ("6.28", "VI.F.8.a", Force.MUST),
}


@pytest.mark.parametrize("edition", ["acgme-2023", "acgme-2025"])
def test_the_acgme_rules_carry_both_numbers(edition: str) -> None:
    rules = {rule.id: (rule.clause, rule.old_clause, rule.force) for rule in RULE_SETS[edition]}
    assert rules == CLAUSES
    assert {rule.label for rule in RULE_SETS[edition]} == {edition.upper().replace("-", " ")}


def test_new_york_is_data_too() -> None:
    own = {rule.id: rule for rule in RULE_SETS["ny-405"] if rule.label == "New York 405"}
    assert {rule.id: (rule.check, rule.limit, rule.allowance, rule.force) for rule in own.values()} == {
        "ny_weekly_hours": ("weekly_hours", 80, 0, Force.MUST),
        "ny_rest": ("rest", 8, 0, Force.MUST),
        "ny_free_day_each_week": ("free_day_each_week", 1, 6, Force.MUST),
        "ny_continuous_work": ("continuous_work", 24, 3, Force.MUST),
    }
    assert {rule.clause for rule in own.values()} == {"405.4(b)(6)"}


def test_what_new_york_does_not_rule_is_the_acgmes_under_its_own_label() -> None:
    others = [rule for rule in RULE_SETS["ny-405"] if rule.label != "New York 405"]
    assert [(rule.id, rule.label, rule.clause) for rule in others] == [
        ("rest_after_call", "ACGME 2025", "6.21.a"),
        ("moonlighting", "ACGME 2025", "6.25.b"),
        ("call_nights", "ACGME 2025", "6.27"),
    ]


def test_a_rule_that_two_sets_share_is_there_once() -> None:
    labels = [rule.label for rule in book("acgme-2023", "ny-405").rules if rule.id == "call_nights"]
    assert labels == ["ACGME 2023"]


def test_program_rules_never_carry_a_clause() -> None:
    own = [*PROGRAM_RULES, *ALWAYS]
    assert {(rule.label, rule.clause, rule.old_clause) for rule in own} == {("program rule", None, None)}


def test_every_rule_has_a_measure_and_its_own_name() -> None:
    rules = [rule for rules in (*RULE_SETS.values(), PROGRAM_RULES, ALWAYS) for rule in rules]
    assert {rule.check for rule in rules} == {*PERSON_CHECKS, SUPERVISION}
    together = book("acgme-2025", "ny-405").rules
    assert len({rule.id for rule in together}) == len(together)


def test_a_program_picks_rule_sets_by_name() -> None:
    assert [rule.label for rule in book("ny-405").rules if rule.check == "weekly_hours"] == ["New York 405"]
    with pytest.raises(ValueError, match="There is no rule set 'acgme'; choose from acgme-2025, acgme-2023, ny-405"):
        book("acgme")


def test_both_standards_can_hold_at_once() -> None:
    verdicts = found("weekly_hours", record(shifts(range(28), "07:00", 12)), book("acgme-2023", "ny-405"))
    assert [verdict.label for verdict in verdicts] == ["ACGME 2023"]
    verdict = the("ny_weekly_hours", record(shifts(range(28), "07:00", 12)), book("acgme-2023", "ny-405"))
    assert verdict.measured == 84.0


def test_each_program_rule_is_hard_advisory_or_off() -> None:
    short = record([shift(0, "11:00", 10), shift(1, "06:30", 10)])
    for force, expected in (("must", [True]), ("should", [False]), ("off", [])):
        verdicts = found("rest_between_shifts", short, book(settings={"rest_between_shifts": {"force": force}}))
        assert [verdict.is_violation for verdict in verdicts] == expected


def test_limits_of_program_rules_are_the_programs() -> None:
    eleven = book(settings={"rest_between_shifts": {"limit": 11}})
    assert the("rest_between_shifts", record([shift(0, "11:00", 10), shift(1, "07:00", 10)]), eleven).limit == 11


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"weekly_hours": {"limit": 90}},
            "'weekly_hours' is not a rule that a program can set; those are night_float_run",
        ),
        ({"overlap": {"force": "off"}}, "'overlap' is not a rule that a program can set"),
        (
            {"consecutive_days": {"force": "hard"}},
            "consecutive_days: force is 'hard'; must, should or off was expected",
        ),
        ({"consecutive_days": {"limit": "6"}}, "consecutive_days: limit is '6'; a whole number from 0 was expected"),
        ({"consecutive_days": {"limit": True}}, "consecutive_days: limit is True; a whole number from 0 was expected"),
        ({"consecutive_days": {"limit": -1}}, "consecutive_days: limit is -1; a whole number from 0 was expected"),
        (
            {"consecutive_days": {"title": "x"}},
            "consecutive_days: 'title' cannot be set; limit, allowance and force can",
        ),
        (
            {"supervision": {"limit": 0}},
            "supervision: limit and allowance are residents to one faculty member, 1 or more",
        ),
        ({"supervision": {"allowance": 0}}, "supervision: limit and allowance are residents to one faculty member"),
    ],
)
def test_what_cannot_be_set_is_refused_by_name(settings: dict[str, dict[str, object]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        book(settings=settings)
