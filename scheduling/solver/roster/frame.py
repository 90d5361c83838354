"""The roster problem laid out for the model: real instants of blocks, who is where on each day, what clashes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from scheduling.solver.roster.problem import DAY_MINUTES, Person, RosterProblem, ShiftType, Span, WorkedBlock

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
CONTINUOUS = "at most 24 hours of continuous work, and 4 of a single block for handing over (6.22)"


class Frame:
    """Look-ups over one problem. Instants are minutes since a fixed epoch, so that differences are real durations."""

    def __init__(self, problem: RosterProblem) -> None:
        self.problem = problem
        self.rules = problem.rules
        self.shifts = {shift.code: shift for shift in problem.shift_types}
        self.rotations = {rotation.code: rotation for rotation in problem.rotations}
        self.holidays = frozenset(problem.holidays)
        self.zone = ZoneInfo(problem.time_zone)
        self.first_weekday = problem.start.weekday()
        self.placed = [_placed_days(person) for person in problem.people]
        self.leave = [_leave_days(person) for person in problem.people]
        self._open = [None if person.open is None else _days_in(person.open) for person in problem.people]
        self._first_midnight = (problem.start - EPOCH.date()).days * DAY_MINUTES  # as if in UTC
        self._offsets: dict[int, int] = {}
        self._instants: dict[tuple[str, int], tuple[int, int]] = {}
        self._clashes: dict[tuple[str, int, str, int, bool], str | None] = {}
        self._joined = {frozenset((shift.code, other)) for shift in problem.shift_types for other in shift.joins}

    @property
    def joins_blocks(self) -> bool:
        """Whether any two shift types of work may be worked on one day."""
        return any(all(self.shifts[code].duty != "backup" for code in pair) for pair in self._joined)

    @property
    def has_backup(self) -> bool:
        return any(shift.duty == "backup" for shift in self.shifts.values())

    @property
    def prices_rest(self) -> bool:
        """Whether the advisory rest can be missed at all: not if the program's own rule asks for as much."""
        rules = self.rules
        return rules.short_rest is not None and rules.short_rest > (rules.rest_between or 0)

    def weekday(self, day: int) -> int:
        return (self.first_weekday + day) % 7

    def date(self, day: int) -> date:
        return self.problem.start + timedelta(days=day)

    def present(self, person: int, day: int) -> bool:
        """Whether the person is in the program and not on leave that day: the days that budgets count."""
        return day in self.placed[person] and day not in self.leave[person]

    def is_open(self, person: int, day: int) -> bool:
        """Whether the person may be given blocks that day, besides those that are fixed."""
        days = self._open[person]
        return days is None or day in days

    def instants(self, code: str, day: int) -> tuple[int, int]:
        """Start and end of a block; both ends are wall-clock times, so a night over a DST change differs in length."""
        found = self._instants.get((code, day))
        if found is None:
            shift = self.shifts[code]
            end = shift.starts + shift.minutes
            found = self.instant_of_wall(day, shift.starts), self.instant_of_wall(day, end)
            self._instants[code, day] = found
        return found

    def instant_of_wall(self, day: int, minutes: int) -> int:
        """The instant of a wall-clock time, in minutes after that day's midnight, up to two days later."""
        offset = self._offset(day)
        if offset == self._offset(day + 3):  # no change of clocks near: arithmetic, since zones are slow to ask
            return self._first_midnight + day * DAY_MINUTES + minutes - offset
        return self._instant(self._midnight(day) + timedelta(minutes=minutes))

    def loses_time(self, day: int, hour: int) -> bool:
        """Whether the 24 hours from that minute of the day are fewer, for a change of clocks."""
        return self.instant_of_wall(day + 1, hour) - self.instant_of_wall(day, hour) < DAY_MINUTES

    def _midnight(self, day: int) -> datetime:
        return datetime.combine(self.date(day), datetime.min.time())

    def _offset(self, day: int) -> int:
        """Minutes that the zone is ahead of UTC at a day's midnight."""
        found = self._offsets.get(day)
        if found is None:
            midnight = self._midnight(day)
            found = self._offsets[day] = self._first_midnight + day * DAY_MINUTES - self._instant(midnight)
        return found

    def _instant(self, wall: datetime) -> int:
        return int((wall.replace(tzinfo=self.zone) - EPOCH).total_seconds()) // 60

    def counted(self, code: str, day: int) -> int:
        """Minutes of a block that count toward weekly hours."""
        shift = self.shifts[code]
        if shift.counted_minutes is not None:
            return shift.counted_minutes
        if shift.duty != "in_house":
            return 0
        start, end = self.instants(code, day)
        return end - start

    def too_long(self, code: str, day: int) -> str | None:
        """The rule that the block breaks by itself, in words: that is not the case for faculty."""
        most = self.rules.most_continuous
        shift = self.shifts[code]
        if most is None or shift.duty != "in_house":
            return None
        start, end = self.instants(code, day)
        return CONTINUOUS if min(end - start, shift.minutes) > most + self.rules.handover else None

    def joined(self, one: str, other: str) -> bool:
        """Whether both may be worked on the same day."""
        return frozenset((one, other)) in self._joined and one != other

    def clash(self, one: str, day: int, other: str, other_day: int, *, faculty: bool) -> str | None:
        """The rule that one person breaks by working both blocks, in words; None if they may."""
        if (other_day, self.shifts[other].starts) < (day, self.shifts[one].starts):
            one, day, other, other_day = other, other_day, one, day
        key = (one, day, other, other_day, faculty)
        if key not in self._clashes:
            self._clashes[key] = self._find_clash(self.shifts[one], day, self.shifts[other], other_day, faculty)
        return self._clashes[key]

    def _find_clash(self, one: ShiftType, day: int, other: ShiftType, other_day: int, faculty: bool) -> str | None:
        joined = day == other_day and self.joined(one.code, other.code)
        if day == other_day and not joined:
            return "one block a day"
        in_house = one.duty == "in_house" and other.duty == "in_house"
        gap = self.gap(one.code, day, other.code, other_day)
        if gap < 0 and (in_house or not joined):
            return "two blocks at the same time"
        if other_day == day + 1 and other.code in one.not_followed_by:
            return f"{other.code} may not follow {one.code}"
        if not in_house or faculty:
            return None
        return self._rest_rule(one, day, other, other_day, gap, joined)

    def _rest_rule(
        self, one: ShiftType, day: int, other: ShiftType, other_day: int, gap: int, joined: bool
    ) -> str | None:
        rules = self.rules
        if rules.rest_after_call is not None and one.minutes >= rules.call_minutes and gap < rules.rest_after_call:
            return f"{rules.rest_after_call / 60:g} hours free after 24 hours of in-house call (6.21.a)"
        if gap <= rules.break_minutes and rules.most_continuous is not None:
            length = self.instants(other.code, other_day)[1] - self.instants(one.code, day)[0]
            if length > rules.most_continuous:  # handing over is what a single block has beyond it
                return CONTINUOUS
        if rules.rest_between is not None and gap < rules.rest_between and not joined:
            return f"{rules.rest_between / 60:g} hours between shifts (program rule)"
        return None

    def gap(self, one: str, day: int, other: str, other_day: int) -> int:
        """Real minutes from the end of the first block to the start of the second."""
        return self.instants(other, other_day)[0] - self.instants(one, day)[1]

    def short_rest(self, one: str, day: int, other: str, other_day: int) -> bool:
        """Whether the rest between two in-house blocks is below the advisory 8 hours (6.21)."""
        least = self.rules.short_rest
        if least is None or self.shifts[one].duty != "in_house" or self.shifts[other].duty != "in_house":
            return False
        return 0 <= self.gap(one, day, other, other_day) < least

    def is_call(self, block: WorkedBlock) -> bool:
        """In-house call in the sense of 6.27: call on night float does not count."""
        rotation = self.rotations.get(block.rotation)
        return self.shifts[block.shift_type].call and not (rotation is not None and rotation.night_float)

    def into_leave(self, person: int, code: str, day: int) -> bool:
        """Whether a block on the day before leave ends on the day of leave."""
        shift = self.shifts[code]
        return day + 1 in self.leave[person] and shift.starts + shift.minutes > DAY_MINUTES

    def post_call(self, code: str) -> bool:
        """Whether the day after this shift type is a post-call day: off."""
        shift = self.shifts[code]
        return shift.duty == "in_house" and (shift.night or shift.starts + shift.minutes > DAY_MINUTES)


def _placed_days(person: Person) -> dict[int, str]:
    placed: dict[int, str] = {}
    for placement in person.placements:
        for day in range(placement.first, placement.last + 1):
            placed[day] = placement.rotation
    return placed


def _leave_days(person: Person) -> frozenset[int]:
    return _days_in(person.leave)


def _days_in(spans: tuple[Span, ...]) -> frozenset[int]:
    return frozenset(day for first, last in spans for day in range(first, last + 1))
