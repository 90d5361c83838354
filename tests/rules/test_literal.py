"""The engine against the slow second implementation, on drawn schedules that come to every rule."""

from collections import Counter
from dataclasses import replace

from hypothesis import HealthCheck, Phase, event, given, settings

from scheduling.rules import PersonRecord, Verdict, check, check_schedule
from scheduling.rules.check import PERSON_CHECKS, SUPERVISION
from tests.rules.drawn import Drawn, people, teams
from tests.rules.literal import Literal, Shape, supervision
from tests.rules.made import book

BOTH = book("acgme-2025", "ny-405", hour_limits={"ICU": 88, "CLINIC": 60})
FEW = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
GENERATED = settings(FEW, phases=[Phase.generate])


def shape(verdict: Verdict) -> Shape:
    return (
        verdict.rule,
        verdict.person,
        verdict.first,
        verdict.last,
        verdict.measured,
        verdict.limit,
        frozenset(verdict.duties),
    )


@FEW
@given(people())
def test_the_engine_and_the_literal_rules_agree(drawn: Drawn) -> None:
    record = drawn.record()
    verdicts = check(record, BOTH)
    for rule in {verdict.rule for verdict in verdicts}:
        event(rule)
    assert Counter(map(shape, verdicts)) == Counter(Literal(record, BOTH).verdicts())


def test_each_check_is_written_twice() -> None:
    for name in PERSON_CHECKS:
        assert getattr(Literal, name) is not PERSON_CHECKS[name]


@FEW
@given(people())
def test_they_agree_on_new_york_alone_too(drawn: Drawn) -> None:
    record = drawn.record()
    code = book("ny-405", hour_limits={"ICU": 88, "CLINIC": 60})
    assert Counter(map(shape, check(record, code))) == Counter(Literal(record, code).verdicts())


def test_the_drawn_schedules_come_to_each_rule() -> None:
    reached: set[str] = set()

    @settings(GENERATED, max_examples=200)
    @given(people())
    def collect(drawn: Drawn) -> None:
        reached.update(verdict.rule for verdict in check(drawn.record(), BOTH))

    collect()
    assert reached == {rule.id for rule in BOTH.rules if rule.check != SUPERVISION}


def members(team: list[Drawn]) -> list[PersonRecord]:
    """The records of a team, for supervision alone, with keys that are theirs alone."""
    return [
        PersonRecord(record.person, tuple(replace(duty, key=(one.name, duty.key)) for duty in record.duties))
        for one in team
        for record in [one.record()]
    ]


@settings(FEW, max_examples=25)
@given(teams())
def test_supervision_agrees_too(drawn: list[Drawn]) -> None:
    team = members(drawn)
    (rule,) = (rule for rule in BOTH.rules if rule.check == SUPERVISION)
    rotations = ("WARD", "ICU", "NF")
    verdicts = check_schedule(team, replace(BOTH, rules=(rule,), supervised_rotations=frozenset(rotations)))
    literal = [one for rotation in rotations for one in supervision(team, BOTH, rule, rotation)]
    event("some" if literal else "none")
    assert Counter(map(shape, verdicts)) == Counter(literal)


def test_the_drawn_teams_are_short_of_faculty() -> None:
    (rule,) = (rule for rule in BOTH.rules if rule.check == SUPERVISION)
    short = []

    @settings(GENERATED, max_examples=25)
    @given(teams())
    def collect(drawn: list[Drawn]) -> None:
        short.append(len(supervision(members(drawn), BOTH, rule, "WARD")))

    collect()
    assert max(short) > 10
