"""What each row of a program's rules says, as a sentence, and what stands beside it in small print."""

from datetime import date, datetime, timedelta

from people.models import FACULTY_LEVEL
from scheduling.models import Cohort, CrossCover, Curriculum, Rotation, ShiftType, Staffing
from scheduling.services.setup_words import (
    amount,
    capitalised,
    counted,
    days,
    listed,
    names,
    periods,
    price,
    spans,
    who,
)

EACH_DAY = days(())
FULL_WEEK = 80  # hours, which need no mention


def staffing(row: Staffing) -> str:
    """ "Wards A, Day: 2 to 4 residents each day, not on holidays"."""
    rotations = list(row.rotations.all())
    where = names(rotations) + (" together" if len(rotations) > 1 else "")
    number = row.most if row.most is not None else row.fewest
    asked = f"{amount(row.fewest, row.most)} {who(row.levels, number=number, last='or')}"
    if row.shift_type is None:
        when = periods(row.first_period, row.last_period) or "in each period"
        return f"{where}: {asked} {when}"
    week = days(row.weekdays)
    comma = "" if week == EACH_DAY else ","
    parts = [f"{where}, {row.shift_type.name}: {asked}{comma} {week}"]
    if row.holidays != Staffing.Holidays.ALSO:
        parts.append(row.get_holidays_display())
    parts.append(periods(row.first_period, row.last_period))
    return ", ".join(part for part in parts if part)


def staffing_detail(row: Staffing) -> str:
    parts = [row.name]
    if row.excluded_tracks:
        parts.append(f"{listed(row.excluded_tracks)} not counted")
    if row.weight != 1:
        parts.append(f"one person counts {price(row.weight)}")
    if row.part_leave_weight is not None:
        parts.append(f"{price(row.part_leave_weight)} while partly on leave")
    if row.fewest:
        parts.append(f"one missing costs {price(row.price_below)}")
    if row.most is not None:
        parts.append(f"one too many costs {price(row.price_above)}")
    return " · ".join(parts)


def curriculum(row: Curriculum) -> str:
    """ "PGY-1 residents owe 2 to 3 periods of ICU"."""
    people = who([row.level], row.track)
    where = names(list(row.rotations.all()), "or")
    number = row.most if row.most is not None else row.fewest
    word = "period" if number == 1 else "periods"
    verb = "owe" if row.fewest else "may have"
    return capitalised(f"{people} {verb} {amount(row.fewest, row.most)} {word} of {where}")


def curriculum_detail(row: Curriculum) -> str:
    parts = []
    if row.waived_on_leave:
        parts.append("not owed by who is on leave for a whole period")
    if not row.allows_leave:
        parts.append("not in a period that is partly leave")
    if row.counts_history:
        parts.append("what was done in the years before counts")
    parts.append(f"one missing or too many costs {price(row.price)}")
    return capitalised(" · ".join(parts))


def cross_cover(row: CrossCover) -> str:
    """ "Residents on Elective may be called to Wards A, Day, Saturday and Sunday"."""
    shifts = listed([shift.name for shift in row.shift_types.all()], "or") or "(no shift type)"
    week = days(row.weekdays)
    when = "" if week == EACH_DAY else f", {week}"
    return capitalised(f"{who(row.levels)} on {row.rotation} may be called to {row.covers}, {shifts}{when}")


def cross_cover_detail(row: CrossCover) -> str:
    return f"One such call costs {price(row.price)}"


def cohort(row: Cohort) -> str:
    """ "Blue is on Clinic in periods 5, 10 and 15"."""
    if not row.periods:
        if row.may_be_there_otherwise:
            return f"{row.name} may be on {row.rotation} in any period"
        return f"{row.name} is never on {row.rotation}"
    word = "period" if len(row.periods) == 1 else "periods"
    return f"{row.name} is on {row.rotation} in {word} {spans(row.periods)}"


def cohort_detail(row: Cohort) -> str:
    if not row.periods:
        return ""
    return "May be there in other periods too" if row.may_be_there_otherwise else "In no other period"


def rotation(row: Rotation) -> str:
    return row.name


def rotation_detail(row: Rotation) -> str:
    parts = []
    asking = [] if row.is_active else [each for each in row.staffing.all() if each.is_active]
    if asking:
        verb = "asks" if len(asking) == 1 else "ask"
        parts.append(
            f"{counted(len(asking), 'sentence')} of staffing still {verb} for people here: switch off those too"
        )
    if row.is_night_float:
        parts.append("works nights only")
    if row.is_vacation:
        parts.append("being here is being on vacation")
    elif not row.allows_vacation:
        parts.append("no vacation is taken from here")
    if shifts := [shift.name for shift in row.regular_shifts.all()]:
        parts.append(f"everybody here works {listed(shifts)} {days(row.regular_weekdays)}")
    if row.weekly_hours_limit != FULL_WEEK:
        parts.append(f"at most {row.weekly_hours_limit} hours a week")
    return capitalised(" · ".join(parts))


def shift_type(row: ShiftType) -> str:
    """ "Night: 19:00 to 07:00, 12 hours"."""
    starts = datetime.combine(date.min, row.start_time)
    ends = starts + timedelta(hours=float(row.hours))
    return f"{row.name}: {starts:%H:%M} to {ends:%H:%M}, {price(float(row.hours))} hours"


def shift_type_detail(row: ShiftType) -> str:
    parts = [row.get_duty_display()]
    if row.is_night:
        parts.append("a night")
    if row.is_call:
        parts.append("counts for every third night")
    if row.counted_hours is not None:
        parts.append(f"{counted_hours(row)} count as work")
    if followers := [other.name for other in row.not_followed_by.all()]:
        parts.append(f"not followed the next day by {listed(followers, 'or')}")
    if joined := [other.name for other in row.joins.all()]:
        parts.append(f"may be worked on one day with {listed(joined, 'or')}")
    return capitalised(" · ".join(parts))


def counted_hours(row: ShiftType) -> str:
    hours = float(row.counted_hours or 0)
    return counted(int(hours), "hour") if hours.is_integer() else f"{price(hours)} hours"


def level_name(level: int) -> str:
    return "Faculty" if level == FACULTY_LEVEL else f"PGY-{level}"
