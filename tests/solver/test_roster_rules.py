"""Each rule of the roster at its boundary: what is just inside is used, what is just outside is not."""

from dataclasses import replace
from datetime import date

import pytest

from scheduling.solver.roster.frame import Frame
from scheduling.solver.roster.problem import (
    Carried,
    Pin,
    Placement,
    RosterProblem,
    Rules,
    ShiftType,
    WorkedBlock,
)
from scheduling.solver.roster.windows import windows_of
from tests.solver.roster_cases import (
    CALL,
    DAY,
    LONG,
    NIGHT,
    NO_RULES,
    WARD,
    need,
    person,
    problem,
    solve,
    worked,
)
from tests.solver.roster_judge import musts_broken


@pytest.mark.parametrize(("leave", "most"), [((), 9), (((0, 6),), 7), (((0, 27),), 0)])
def test_call_is_at_most_every_third_night_of_the_days_without_leave(leave, most):
    case = problem(person(leave=leave), needs=[need(CALL)], rules=replace(NO_RULES, call_every=3))
    assert len(worked(solve(case))) == most


def test_nights_of_night_float_are_no_call():
    call_night = replace(NIGHT, call=True)
    case = problem(
        person(rotation="NF"),
        shift_types=(call_night,),
        needs=[need(call_night, rotation="NF")],
        rules=replace(NO_RULES, call_every=3),
    )
    assert len(worked(solve(case))) == 28


@pytest.mark.parametrize(("count", "is_broken"), [(9, False), (10, True)])
def test_pinned_calls_are_kept_and_the_tenth_is_said(count, is_broken):
    pins = tuple(Pin("A", 2 * k, "CALL") for k in range(count))
    solution = solve(problem(person(), pins=pins, rules=replace(NO_RULES, call_every=3)))
    assert worked(solution) == [pin.day for pin in pins]
    said = {b.rule for b in solution.broken_pins}
    assert said == ({"in-house call at most every third night, averaged (6.27)"} if is_broken else set())


@pytest.mark.parametrize(
    ("weekly_hours", "leave", "most"),
    [(80, (), 26), (88, (), 28), (80, ((7, 13),), 20)],  # 12 h: 320 h hold 26, 352 h hold 29, 240 h hold 20
)
def test_weekly_hours_are_averaged_over_the_days_without_leave(weekly_hours, leave, most):
    case = problem(
        person(leave=leave),
        needs=[need(LONG)],
        rotations=(replace(WARD, weekly_hours=weekly_hours),),
        rules=replace(NO_RULES, weekly_hours=True),
    )
    assert len(worked(solve(case))) == most


def test_exactly_eighty_hours_are_allowed():
    eight = ShiftType("EIGHT", "Eight hours", 8 * 60, 8 * 60)
    sixteen = ShiftType("SIXTEEN", "Sixteen hours", 8 * 60, 16 * 60)
    case = problem(
        person(days=7),
        days=7,
        shift_types=(eight, sixteen),
        needs=[need(sixteen, weekdays=(0, 1, 2)), need(eight, weekdays=(3, 4, 5, 6))],  # 48 + 32
        rules=replace(NO_RULES, weekly_hours=True),
    )
    assert len(worked(solve(case))) == 7


def test_averages_are_taken_over_each_period_by_itself():
    case = problem(
        person(days=56),
        days=56,
        periods=((0, 27), (28, 55)),
        needs=[need(LONG)],
        rules=replace(NO_RULES, weekly_hours=True),
    )
    days = worked(solve(case))
    assert [sum(day < 28 for day in days), sum(day >= 28 for day in days)] == [26, 26]


def test_short_periods_are_averaged_over_four_weeks_of_a_stay():
    weeks = tuple((day, day + 6) for day in range(0, 63, 7))
    stays = (Placement(0, 38, "WARD"), Placement(39, 52, "NF"), Placement(53, 62, "WARD"))
    frame = Frame(problem(replace(person(), placements=stays), days=63, periods=weeks))
    windows = windows_of(frame, 0, (0, 62))
    # of 39 days the last 11 are a window of their own: a week or more is left
    assert [(w.first, w.last) for w in windows] == [(0, 27), (28, 38), (39, 52), (53, 62)]
    shorter = (Placement(0, 33, "WARD"), Placement(34, 62, "NF"))  # here less than a week is left
    frame = Frame(problem(replace(person(), placements=shorter), days=63, periods=weeks))
    assert [(w.first, w.last) for w in windows_of(frame, 0, (0, 62))] == [(0, 33), (34, 62)]


def test_days_off_of_one_week_serve_for_another_in_short_periods():
    weeks = tuple((day, day + 6) for day in range(0, 28, 7))
    wanted = [day for day in range(28) if day not in (0, 1, 26, 27)]
    rules = replace(NO_RULES, weekly_hours=True, free_day_in=7)
    case = problem(person(), periods=weeks, needs=[need(DAY, days=tuple(wanted))], rules=rules)
    assert worked(solve(case)) == wanted  # the two weeks between have no day off, 28 days have four


def test_a_day_of_leave_in_each_week_takes_no_free_day_away():
    weeks = tuple((day, day + 6) for day in range(0, 28, 7))
    alone = person(leave=((5, 5), (12, 12), (19, 19), (26, 26)))
    case = problem(alone, periods=weeks, needs=[need(DAY)], rules=Rules())
    solution = solve(case)
    assert musts_broken(case, solution.assignments) == []
    assert len(solution.assignments) == 21  # 24 days owe 3; six of a week owe none


def test_a_window_made_in_two_parts_leaves_the_later_one_its_share():
    weeks = tuple((day, day + 6) for day in range(0, 56, 7))
    late = replace(person(days=56), placements=(Placement(14, 41, "WARD"),))  # across the edge at day 28
    rules = replace(NO_RULES, weekly_hours=True)
    case = problem(late, days=56, periods=weeks, needs=[need(LONG)], rules=rules)
    days = worked(solve(case, threads=1))
    assert [sum(day < 28 for day in days), sum(day >= 28 for day in days)] == [13, 13]


def test_a_stay_shorter_than_the_period_is_averaged_by_itself():
    two = replace(person(), placements=(Placement(0, 13, "WARD"), Placement(14, 27, "NF")))
    case = problem(two, needs=[need(LONG), need(LONG, rotation="NF")], rules=replace(NO_RULES, weekly_hours=True))
    days = worked(solve(case))
    assert [sum(day < 14 for day in days), sum(day >= 14 for day in days)] == [13, 13]


@pytest.mark.parametrize(("leave", "most"), [((), 24), (((0, 6),), 18), (((0, 17),), 9)])
def test_one_day_in_seven_is_free_and_leave_is_none(leave, most):
    case = problem(person(leave=leave), needs=[need(DAY)], rules=replace(NO_RULES, free_day_in=7))
    assert len(worked(solve(case))) == most


def test_a_free_day_after_a_night_is_twenty_four_hours():
    case = problem(person(rotation="NF"), needs=[need(NIGHT, rotation="NF")], rules=replace(NO_RULES, free_day_in=7))
    assert len(worked(solve(case))) == 24


@pytest.mark.parametrize(("free_day_in", "calls"), [(None, 4), (7, 3)])
def test_a_free_day_is_none_if_a_call_reaches_into_it(free_day_in, calls):
    # After 28 hours of call the next day is free from 11:00 only, 20 hours until a call on the day after that.
    call = ShiftType("CALL28", "Call with handing over", 7 * 60, 28 * 60, call=True)
    rules = replace(NO_RULES, free_day_in=free_day_in)
    case = problem(person(days=7), days=7, shift_types=(call,), needs=[need(call)], rules=rules)
    assert len(worked(solve(case))) == calls


def test_a_free_day_after_a_night_does_not_reach_into_leave():
    case = problem(person(leave=((6, 6), (13, 13), (20, 20), (27, 27))), needs=[need(NIGHT)], rules=Rules())
    solution = solve(case)
    assert len(solution.assignments) == 21  # 24 days owe 3
    assert musts_broken(case, solution.assignments) == []


def test_nothing_is_known_of_what_follows_the_last_day():
    rules = replace(Rules(), most_nights_in_a_row=None, weekly_hours=False)
    case = problem(person(days=14), days=14, needs=[need(NIGHT, days=tuple(range(12)))], rules=rules)
    solution = solve(case)
    assert len(solution.assignments) == 11
    assert musts_broken(case, solution.assignments) == []


def test_new_york_wants_a_free_day_in_every_week():
    case = problem(
        person(), needs=[need(DAY)], rules=replace(NO_RULES, free_day_in=7, free_day_averaged=False, week_starts=0)
    )
    days = worked(solve(case))
    assert [sum(7 * week <= day < 7 * week + 7 for day in days) for week in range(4)] == [6, 6, 6, 6]


def test_a_free_day_over_the_end_of_a_week_is_not_counted_where_the_next_has_it():
    home = ShiftType("HOME", "Home call", 17 * 60, 14 * 60, duty="home_call")
    rules = replace(NO_RULES, free_day_in=7, free_day_averaged=False)  # weeks from Sunday: days 6 to 12
    case = problem(
        person(days=14), days=14, shift_types=(home,), needs=[need(home, days=tuple(range(12)))], rules=rules
    )
    solution = solve(case)
    assert sum(day >= 6 for day in worked(solution)) == 5  # free from 07:00 of day 12 is the Sunday's, of 41 hours
    assert musts_broken(case, solution.assignments, "ny-405") == []


def test_free_days_counted_from_other_hours_in_the_next_window_are_not_counted_twice():
    early = ShiftType("EARLY", "Early", 6 * 60, 10 * 60)  # after a night until 07:00, 47 hours are one free day
    stays = (Placement(0, 13, "NF"), Placement(14, 27, "WARD"))
    needs = [need(NIGHT, rotation="NF", days=tuple(range(13))), need(early, days=tuple(range(15, 27)))]
    case = problem(
        replace(person(), placements=stays),
        shift_types=(NIGHT, early),
        needs=needs,
        rules=replace(NO_RULES, free_day_in=7),
    )
    solution = solve(case)
    assert len(worked(solution, shift="NIGHT")) == 11
    assert musts_broken(case, solution.assignments) == []


def test_home_call_takes_a_free_day_and_backup_does_not():
    home = ShiftType("HOME", "Home call", 17 * 60, 14 * 60, duty="home_call")
    backup = ShiftType("BACKUP", "Backup", 7 * 60, 24 * 60, duty="backup")
    rules = replace(NO_RULES, free_day_in=7, weekly_hours=True)
    for shift, most in ((home, 24), (backup, 28)):
        case = problem(person(), shift_types=(shift,), needs=[need(shift)], rules=rules)
        assert len(worked(solve(case))) == most


@pytest.mark.parametrize(("starts", "allowed"), [(21 * 60, True), (21 * 60 - 1, False)])
def test_fourteen_hours_are_free_after_a_call_of_twenty_four(starts, allowed):
    late = ShiftType("LATE", "Late", starts, 120)
    case = problem(
        person(days=2),
        days=2,
        shift_types=(CALL, late),
        needs=[need(CALL, days=(0,)), need(late, days=(1,))],
        rules=replace(NO_RULES, rest_after_call=14 * 60),
    )
    assert len(worked(solve(case))) == (2 if allowed else 1)


@pytest.mark.parametrize(("starts", "allowed"), [(17 * 60, True), (17 * 60 - 1, False)])
def test_rest_between_shifts_is_kept_across_the_first_day(starts, allowed):
    late = ShiftType("LATE", "Late", starts, 120)
    before = Carried(recent=(WorkedBlock(-1, "NIGHT", "WARD"),))  # until 07:00 of day 0
    case = problem(
        person(days=1, carried=before),
        days=1,
        shift_types=(NIGHT, late),
        needs=[need(late)],
        rules=replace(NO_RULES, rest_between=600),
    )
    assert bool(worked(solve(case))) is allowed


def test_rest_is_kept_across_the_edge_of_periods():
    case = problem(
        person(days=4),
        days=4,
        periods=((0, 1), (2, 3)),
        needs=[need(NIGHT), need(DAY)],
        rules=replace(NO_RULES, rest_between=600),
    )
    chosen = {a.day: a.shift_type for a in solve(case).assignments}
    assert len(chosen) == 4
    assert not any(chosen[day] == "NIGHT" and chosen[day + 1] == "DAY" for day in range(3))


def test_short_rest_is_a_price_where_it_is_only_advised():
    late = ShiftType("LATE", "Late", 15 * 60, 9 * 60)  # until midnight; DAY starts seven hours later
    needs = [need(late, days=(0,), price_below=20), need(DAY, days=(1,), price_below=100)]
    rules = replace(NO_RULES, short_rest=480)
    case = problem(person(days=2), days=2, shift_types=(late, DAY), needs=needs, rules=rules)
    assert [a.shift_type for a in solve(case).assignments] == ["DAY"]  # 20 for nobody late is less than 30
    dear = replace(case, coverage=(replace(needs[0], price_below=40), needs[1]))
    solution = solve(dear)
    assert [a.shift_type for a in solution.assignments] == ["LATE", "DAY"]
    assert solution.objective == pytest.approx(30)


def test_continuous_work_is_at_most_twenty_four_hours_and_four():
    day = ShiftType("D12", "Day", 7 * 60, 12 * 60, joins=("N12",))
    night = ShiftType("N12", "Night", 19 * 60, 12 * 60, night=True)
    case = problem(
        person(days=2),
        days=2,
        shift_types=(day, night),
        needs=[need(day), need(night)],
        rules=replace(NO_RULES, most_continuous=1440),
    )
    assert len(solve(case).assignments) == 3  # day, night, then no day
    assert len(solve(replace(case, rules=NO_RULES)).assignments) == 4


def _joined(one_minutes: int, gap: int, call_minutes: int, break_minutes: int = 120) -> RosterProblem:
    """A morning, and a call on the same day, joined."""
    morning = ShiftType("AM", "Morning", 7 * 60, one_minutes, joins=("JC",))
    call = ShiftType("JC", "Call", 7 * 60 + one_minutes + gap, call_minutes, call=True, joins=("AM",))
    return problem(
        person(days=7),
        days=7,
        shift_types=(morning, call),
        needs=[need(morning, days=(0,)), need(call, days=(0,))],
        rules=Rules(break_minutes=break_minutes),
    )


@pytest.mark.parametrize(
    ("case", "blocks"),
    [
        (_joined(4 * 60, 0, 20 * 60), 2),
        (_joined(4 * 60, 0, 20 * 60 + 1), 1),  # handing over is of one block, and so not of this chain
        (_joined(4 * 60, 60, 24 * 60), 1),
        (_joined(4 * 60, 120, 18 * 60 + 1), 1),  # a break of exactly 120 minutes is none
        (_joined(4 * 60, 121, 18 * 60), 2),
        (_joined(4 * 60, 180, 18 * 60, break_minutes=180), 1),
        (_joined(4 * 60, 180, 17 * 60, break_minutes=180), 2),
    ],
)
def test_a_chain_of_blocks_is_at_most_twenty_four_hours(case, blocks):
    solution = solve(case)
    assert len(solution.assignments) == blocks
    rest = "rest_between_shifts"  # blocks that may be joined are never asked for it
    assert [line for line in musts_broken(case, solution.assignments) if rest not in line] == []


@pytest.mark.parametrize(("minutes", "blocks"), [(15 * 60, 3), (15 * 60 + 1, 2)])
def test_a_chain_of_three_blocks_is_at_most_twenty_four_hours(minutes, blocks):
    morning = ShiftType("AM", "Morning", 8 * 60, 4 * 60, joins=("PM", "PC"))
    afternoon = ShiftType("PM", "Afternoon", 13 * 60, 4 * 60, joins=("PC",))
    call = ShiftType("PC", "Call", 17 * 60, minutes)
    case = problem(
        person(days=7),
        days=7,
        shift_types=(morning, afternoon, call),
        needs=[need(shift, days=(0,)) for shift in (morning, afternoon, call)],
        rules=replace(NO_RULES, most_continuous=1440),
    )
    solution = solve(case)
    assert len(solution.assignments) == blocks
    assert musts_broken(case, solution.assignments) == []


@pytest.mark.parametrize(("hours", "blocks", "said"), [(28, 1, 0), (29, 0, 1)])
def test_a_single_block_may_have_four_hours_for_handing_over(hours, blocks, said):
    call = ShiftType("LONGCALL", "Call", 7 * 60, hours * 60)
    rules = replace(NO_RULES, most_continuous=1440)
    case = problem(person(days=2), days=2, shift_types=(call,), needs=[need(call, days=(0,))], rules=rules)
    assert len(solve(case).assignments) == blocks
    pinned = solve(replace(case, pins=(Pin("A", 0, "LONGCALL"),)))
    assert len(pinned.broken_pins) == said


def test_twenty_four_hours_made_of_two_blocks_want_the_rest_too():
    day = ShiftType("D12", "Day", 7 * 60, 12 * 60, joins=("N12",))
    night = ShiftType("N12", "Night", 19 * 60, 12 * 60, night=True)
    late = ShiftType("LATE", "Late", 19 * 60, 60)
    needs = [need(day, days=(0,)), need(night, days=(0,)), need(late, days=(1,))]
    case = problem(
        person(days=2),
        days=2,
        shift_types=(day, night, late),
        needs=needs,
        rules=replace(NO_RULES, rest_after_call=14 * 60),
    )
    assert len(solve(case).assignments) == 2


def test_nights_in_a_row_count_those_before_the_first_day():
    before = Carried(recent=tuple(WorkedBlock(-k, "NIGHT", "NF") for k in (1, 2, 3, 4)))
    case = problem(
        person(days=7, rotation="NF", carried=before),
        days=7,
        needs=[need(NIGHT, rotation="NF")],
        rules=replace(NO_RULES, most_nights_in_a_row=6),
    )
    days = worked(solve(case))
    assert len(days) == 6
    assert days != [0, 1, 2, 3, 4, 5]
    assert not {0, 1, 2} <= set(days)


def test_days_in_a_row_are_kept_across_the_edge_of_periods():
    case = problem(
        person(days=14),
        days=14,
        periods=((0, 6), (7, 13)),
        needs=[need(DAY)],
        rules=replace(NO_RULES, most_days_in_a_row=5),
    )
    days = set(worked(solve(case)))
    assert not any({day + k for k in range(6)} <= days for day in range(14))
    assert len(days) >= 11


def test_not_followed_by_holds_on_the_next_day_only():
    late = replace(DAY, code="LATE", not_followed_by=("DAY",))
    case = problem(person(days=2), days=2, shift_types=(DAY, late), needs=[need(late, days=(0,)), need(DAY, days=(1,))])
    assert len(solve(case).assignments) == 1


@pytest.mark.parametrize(
    ("start", "minutes"), [(date(2027, 3, 13), 660), (date(2026, 10, 31), 780), (date(2026, 8, 1), 720)]
)
def test_a_night_over_a_change_of_clocks_has_its_real_length(start, minutes):
    frame = Frame(problem(person(), start=start))
    assert frame.counted("NIGHT", 0) == minutes


def test_rest_over_the_change_in_spring_is_an_hour_shorter():
    late = ShiftType("LATE", "Late", 13 * 60, 8 * 60)  # until 21:00; DAY starts ten hours later by the clock
    rules = replace(NO_RULES, rest_between=600)
    needs = [need(late, days=(0,)), need(DAY, days=(1,))]
    for start, count in ((date(2027, 3, 13), 1), (date(2027, 3, 20), 2)):
        case = problem(person(days=2), days=2, start=start, shift_types=(late, DAY), needs=needs, rules=rules)
        assert len(solve(case).assignments) == count


def test_faculty_have_no_duty_hours():
    case = problem(person(faculty=True, group="Faculty"), needs=[need(LONG)], rules=Rules())
    assert len(worked(solve(case))) == 28
    resident = problem(person(), needs=[need(LONG)], rules=Rules())
    assert len(worked(solve(resident))) == 24  # one day in seven is the tightest
