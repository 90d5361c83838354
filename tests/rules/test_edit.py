"""An edit's verdicts: the same as checking everything before and after it, on the part it can touch."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from scheduling.rules import (
    DateRange,
    Duty,
    Kind,
    PersonRecord,
    Window,
    check,
    check_schedule,
    verdicts_for_edit,
)
from tests.rules.drawn import DAY_PLANS, MANNERS, Drawn, duties_of, teams
from tests.rules.made import MONDAY, book, day, leave, record, shift, shifts

BOTH = book("acgme-2025", "ny-405", hour_limits={"ICU": 88, "CLINIC": 60})


def edited(before: PersonRecord, *, add: tuple[Duty, ...] = (), remove: tuple[str, ...] = ()) -> PersonRecord:
    return replace(before, duties=(*(duty for duty in before.duties if duty.key not in remove), *add))


def test_an_edit_that_breaks_nothing_brings_nothing() -> None:
    before = record(shifts(range(5), "07:00", 10))
    verdicts = verdicts_for_edit(before, edited(before, add=(shift(7, "07:00", 10),)), book())
    assert (verdicts.brought, verdicts.resolved, verdicts.is_allowed) == ((), (), True)


def test_a_violation_that_it_brings_forbids_it() -> None:
    before = record([shift(0, "07:00", 24, call=True)])
    verdicts = verdicts_for_edit(before, edited(before, add=(shift(1, "20:00", 8),)), book())
    assert [(one.clause, one.measured) for one in verdicts.brought] == [("6.21.a", 13.0)]
    assert not verdicts.is_allowed


def test_an_advisory_does_not() -> None:
    advisory = book(settings={"rest_between_shifts": {"force": "should"}})
    before = record([shift(0, "11:00", 12)])
    verdicts = verdicts_for_edit(before, edited(before, add=(shift(1, "06:00", 8),)), advisory)
    assert [one.rule for one in verdicts.brought] == ["rest", "rest_between_shifts"]
    assert verdicts.is_allowed


def test_what_it_resolves_is_told() -> None:
    before = record([shift(0, "07:00", 24, call=True), shift(1, "20:00", 8)])
    verdicts = verdicts_for_edit(before, edited(before, remove=("2026-11-03 20:00",)), book())
    assert [one.rule for one in verdicts.resolved] == ["rest_after_call"]
    assert verdicts.brought == ()


def test_a_verdict_whose_numbers_change_is_in_both() -> None:
    before = record(shifts(range(13), "07:00", 10), windows=())
    verdicts = verdicts_for_edit(before, edited(before, add=(shift(13, "07:00", 10),)), book())
    assert [(one.measured, one.last) for one in verdicts.resolved] == [(13, day(12))]
    assert [(one.measured, one.last) for one in verdicts.brought] == [(14, day(13))]


def test_other_verdicts_of_the_person_are_not_repeated() -> None:
    before = record([shift(0, "11:00", 12), shift(1, "06:00", 8), *shifts([10, 11], "07:00", 10)])
    assert len(check(before, book())) == 2
    assert verdicts_for_edit(before, edited(before, add=(shift(12, "07:00", 10),)), book()).brought == ()


def test_a_duty_that_changes_is_judged_as_changed() -> None:
    before = record(shifts([0, 1], "07:00", 10))
    longer = replace(before.duties[0], ends_at=shift(0, "07:00", 16).ends_at)
    after = replace(before, duties=(longer, before.duties[1]))
    assert [one.measured for one in verdicts_for_edit(before, after, book()).brought] == [8.0]  # of 10 hours


def test_leave_may_be_the_edit() -> None:
    # What if leave on these days were approved: two duties fall on it.
    before = record(shifts(range(5), "07:00", 10))
    after = replace(before, leave=(leave(3, 4),))
    assert [one.rule for one in verdicts_for_edit(before, after, book()).brought] == ["on_leave", "on_leave"]


def test_nothing_changed_brings_nothing() -> None:
    before = record(shifts(range(14), "07:00", 10))
    assert verdicts_for_edit(before, replace(before), book()).brought == ()


def test_two_people_are_not_one_edit() -> None:
    one, other = record([], name="Ann"), record([], name="Ben")
    with pytest.raises(ValueError, match="An edit is of one person, not of Ann and Ben"):
        verdicts_for_edit(one, other, book())


def test_supervision_is_judged_with_the_team() -> None:
    ward = book(supervised_rotations=frozenset({"WARD"}))
    attending = record([shift(0, "07:00", 10, key="f")], level=0, name="F")
    juniors = [record([shift(0, "07:00", 10, key=f"r{n}")], level=1, name=f"R{n}") for n in range(2)]
    before = record([], level=1)
    after = edited(before, add=(shift(0, "07:00", 10),))
    (verdict,) = verdicts_for_edit(before, after, ward, team=[attending, *juniors]).brought
    assert (verdict.rule, verdict.measured, verdict.limit) == ("supervision", 1, 2)
    assert verdicts_for_edit(before, after, ward, team=[attending, juniors[0]]).brought == ()
    # Without a team, with another rotation, or not told which are supervised, it is not judged.
    assert verdicts_for_edit(before, after, ward).brought == ()
    elsewhere = edited(before, add=(shift(0, "07:00", 10, rotation="ICU"),))
    assert verdicts_for_edit(before, elsewhere, ward, team=[attending, *juniors]).brought == ()
    assert verdicts_for_edit(before, after, book(), team=[attending, *juniors]).brought == ()
    # Taking the attending away is an edit of theirs.
    gone = verdicts_for_edit(attending, edited(attending, remove=("f",)), ward, team=juniors).brought
    assert [(one.rule, one.measured, one.limit) for one in gone] == [("supervision", 0, 1)]


def test_somebody_alone_on_a_supervised_rotation_is_judged_too() -> None:
    # The others are on the ICU: the PGY-1 who is added to the ward has nobody there.
    ward = book(supervised_rotations=frozenset({"WARD"}))
    attending = record([shift(0, "07:00", 10, key="f", rotation="ICU")], level=0, name="F")
    before = record([], level=1)
    (verdict,) = verdicts_for_edit(before, edited(before, add=(shift(0, "07:00", 10),)), ward, team=[attending]).brought
    assert (verdict.rule, verdict.measured, verdict.limit) == ("supervision", 0, 1)


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(teams(), st.integers(0, 5), st.integers(0, 41), st.sampled_from(sorted(DAY_PLANS)))
def test_supervision_after_an_edit_is_that_of_the_whole_schedule(
    drawn: list[Drawn], who: int, number: int, plan: str
) -> None:
    supervised = book(supervised_rotations=frozenset({"WARD", "ICU", "NF"}))
    team = [
        replace(each, duties=tuple(replace(duty, key=(each.person.name, duty.key)) for duty in each.duties))
        for each in (one.record() for one in drawn)
    ]
    before, others = team[who], [each for each in team if each is not team[who]]
    kept = [duty for duty in before.duties if duty.date != drawn[who].day(number)]
    after = replace(before, duties=(*kept, *duties_of(number, drawn[who].since, plan)))
    verdicts = verdicts_for_edit(before, after, supervised, team=others)
    old = check_schedule(team, supervised)
    new = check_schedule([after if each is before else each for each in team], supervised)
    for verdict in verdicts.brought:
        event(verdict.rule)
    assert set(verdicts.brought) == {verdict for verdict in new if verdict not in old}
    assert set(verdicts.resolved) == {verdict for verdict in old if verdict not in new}


def test_an_edit_may_move_a_free_day_into_the_period_before() -> None:
    # Free: three Sundays, and from the last Sunday at 07:00 to day 37 at 03:00, 9 days and 20 h: nine free days,
    # all of them whole days of the second period. A night on Monday at 19:00 cuts 36 h off, a free day of Sunday.
    windows = (Window(day(0), day(27)), Window(day(28), day(55)))
    worked = [number for number in range(25) if number % 7 != 6]
    last = [shift(25, "12:00", 10), shift(26, "19:00", 12)]  # 21 h between them
    duties = [*shifts(worked, "07:00", 10), *last, shift(37, "03:00", 8)]
    before = record(duties, windows=windows)
    verdicts = verdicts_for_edit(before, edited(before, add=(shift(28, "19:00", 12),)), book())
    assert [(one.rule, one.measured, one.first) for one in verdicts.resolved] == [("free_days", 3, day(0))]
    assert verdicts.brought == ()


def test_the_duty_that_ends_the_free_days_after_a_period_is_seen() -> None:
    # Three Sundays free. With a night on the last Saturday, off from Sunday 07:00 to day 37 at 08:00: 10 days and
    # an hour, of which 9 are the second period's and one is Sunday's, the fourth.
    windows = (Window(day(0), day(27)), Window(day(28), day(55)))
    worked = [number for number in range(25) if number % 7 != 6]
    duties = [*shifts(worked, "07:00", 10), shift(25, "12:00", 10), shift(37, "08:00", 8)]
    before = record(duties, windows=windows)
    assert verdicts_for_edit(before, edited(before, add=(shift(26, "19:00", 12),)), book()).brought == ()


def test_a_night_that_ends_in_the_next_period_is_judged_in_it() -> None:
    # Free in the second period: its first Monday and three Sundays. A night on the Sunday before, to 07:00, leaves
    # 23 h of that Monday to Tuesday 06:00.
    windows = (Window(day(0), day(27)), Window(day(28), day(55)))
    before = record(shifts([n for n in range(29, 56) if n not in (41, 48, 55)], "06:00", 10), windows=windows)
    verdicts = verdicts_for_edit(before, edited(before, add=(shift(27, "19:00", 12),)), book())
    assert [(one.rule, one.measured, one.first) for one in verdicts.brought] == [("free_days", 3, day(28))]


def test_the_night_before_a_period_is_seen() -> None:
    # Off at 07:00 on the 28th day after a night of the period before, on again on the 29th at 06:00: 23 h. So
    # three Sundays are free, and with a duty on one of them two.
    windows = (Window(day(0), day(27)), Window(day(28), day(55)))
    worked = [number for number in range(29, 56) if number not in (41, 48, 55)]
    duties = [shift(27, "19:00", 12), *shifts(worked, "06:00", 10)]
    before = record(duties, windows=windows)
    verdicts = verdicts_for_edit(before, edited(before, add=(shift(48, "06:00", 10),)), book())
    assert [one.measured for one in verdicts.brought if one.rule == "free_days"] == [2]
    assert [one.measured for one in verdicts.resolved if one.rule == "free_days"] == [3]


def test_a_long_run_is_seen_to_both_its_ends() -> None:
    before = record(shifts([*range(20), *range(21, 40)], "07:00", 10), windows=())
    verdicts = verdicts_for_edit(before, edited(before, add=(shift(20, "07:00", 10),)), book())
    assert [(one.measured, one.first, one.last) for one in verdicts.brought] == [(40, day(0), day(39))]
    assert [one.measured for one in verdicts.resolved] == [20, 19]


def test_a_week_over_the_edge_of_a_period_is_seen_whole() -> None:
    # Periods from Wednesday, weeks from Sunday: that of day 27 to 33 lies in both.
    windows = (Window(day(2), day(29)), Window(day(30), day(57)))
    home_call = shifts([28, 29], "07:00", 24, kind=Kind.HOME_CALL)
    before = record([*shifts([27, 30, 32, 33], "07:00", 10), *home_call], windows=windows)
    verdicts = verdicts_for_edit(before, edited(before, add=(shift(31, "07:00", 10),)), book("ny-405"))
    (verdict,) = verdicts.brought
    assert (verdict.rule, verdict.first, len(verdict.duties)) == ("ny_free_day_each_week", day(27), 7)


def year(seed: int) -> PersonRecord:
    """Thirty weeks of a person, each four weeks or less in another manner, some without any duty."""
    random = Random(seed)
    duties: list[Duty] = []
    windows: list[Window] = []
    first = 0
    while first < 210:
        length = random.choice((7, 14, 28))
        windows.append(Window(day(first), day(first + length - 1), random.choice(("WARD", "ICU", "CLINIC"))))
        manner = random.choice([*MANNERS.values(), ("off",), ("home call", "off", "backup")])
        for number in range(first, first + length):
            duties += duties_of(number, MONDAY, random.choice(manner))
        first += length
    away = [random.randrange(first) for _ in range(random.randrange(4))]
    spans = tuple(DateRange(day(number), day(number + random.randrange(10))) for number in away)
    return record(duties, windows=tuple(windows), leave=spans, level=random.choice((1, 2)))


@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(0, 10**6), st.lists(st.integers(-3, 215), min_size=1, max_size=2), st.sampled_from(sorted(DAY_PLANS))
)
def test_an_edits_verdicts_are_those_of_the_whole_year(seed: int, days: list[int], plan: str) -> None:
    before = year(seed)
    duties = [duty for duty in before.duties if duty.date not in [day(number) for number in days]]
    after = replace(
        before, duties=(*duties, *(duty for number in set(days) for duty in duties_of(number, MONDAY, plan)))
    )
    verdicts = verdicts_for_edit(before, after, BOTH)
    old, new = check(before, BOTH), check(after, BOTH)
    for verdict in (*verdicts.brought, *verdicts.resolved):
        event(verdict.rule)
    assert set(verdicts.brought) == {verdict for verdict in new if verdict not in old}
    assert set(verdicts.resolved) == {verdict for verdict in old if verdict not in new}
    quick = verdicts_for_edit(before, after, BOTH, only_brought=True)
    assert (quick.brought, quick.resolved) == (verdicts.brought, ())


def test_the_years_and_edits_are_not_empty() -> None:
    # Of twenty such years each has verdicts, and nights added to them bring violations of many rules.
    brought = set()
    for seed in range(20):
        before = year(seed)
        assert check(before, BOTH)
        for number in range(5, 200, 20):
            after = edited(before, add=(shift(number, "19:30", 14, key="more", kind=Kind.MOONLIGHTING),))
            brought |= {verdict.rule for verdict in verdicts_for_edit(before, after, BOTH).brought}
    assert brought >= {"weekly_hours", "rest", "free_days", "overlap", "continuous_work", "moonlighting", "on_leave"}
