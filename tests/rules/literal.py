"""The rules a second time, slowly and literally: what the engine is compared with.

Time is a list of half hours, each known to be worked or not; whatever is measured is counted on that list, by
scanning. Nothing here is shared with the engine but the types and the rules' data. Duties must start and end on
half hours, and the zone must change its clocks by whole half hours.
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from math import ceil

from scheduling.rules import Duty, Kind, PersonRecord, Rule, Rulebook, Window

HALF_HOUR = timedelta(minutes=30)
A_DAY = 48  # half hours
# rule, person, first, last, measured, limit, duties
Shape = tuple[str, Hashable, date, date, float, float, frozenset[Hashable]]


def worked(duty: Duty) -> bool:
    if duty.kind == Kind.BACKUP:
        return duty.counted_minutes is not None and duty.counted_minutes > 0
    return duty.kind in {Kind.IN_HOUSE, Kind.MOONLIGHTING}


def order(duty: Duty) -> tuple[datetime, datetime, str]:
    return duty.starts_at.astimezone(UTC), duty.ends_at.astimezone(UTC), str(duty.key)


@dataclass
class Stretch:
    begins: int
    ends: int
    duties: list[Duty]


class Literal:
    """One person's time as half hours."""

    def __init__(self, record: PersonRecord, book: Rulebook) -> None:
        self.record, self.book = record, book
        self.duties = sorted(record.duties, key=order)
        dates = [one for window in record.windows for one in (window.first, window.last)]
        dates += [duty.date for duty in self.duties]
        begin = datetime.combine(min(dates) - timedelta(days=4), time(12), tzinfo=UTC)
        end = datetime.combine(max(dates) + timedelta(days=6), time(12), tzinfo=UTC)
        self.slots = [begin + HALF_HOUR * number for number in range((end - begin) // HALF_HOUR)]
        self.local = [slot.astimezone(book.zone) for slot in self.slots]
        self.on = {duty.key: self._slots_of(duty) for duty in self.duties}
        self.free: dict[bool, list[bool]] = {}  # by whether home call counts; worked out once

    def _slots_of(self, duty: Duty) -> set[int]:
        first = (duty.starts_at.astimezone(UTC) - self.slots[0]) // HALF_HOUR
        last = (duty.ends_at.astimezone(UTC) - self.slots[0]) // HALF_HOUR
        return set(range(first, last))

    def verdicts(self) -> list[Shape]:
        found = []
        for rule in self.book.rules:
            faculty = self.record.person.level == 0 and not self.record.person.levels
            if rule.force == "off" or rule.check == "supervision" or (faculty and not rule.for_faculty):
                continue
            for first, last, measured, limit, duties in getattr(self, rule.check)(rule):
                keys = frozenset(duty.key for duty in duties)
                found.append((rule.id, self.record.person.id, first, last, measured, limit, keys))
        return found

    # Leave and employment

    def on_leave_on(self, day: date) -> bool:
        return any(span.first <= day <= span.last for span in self.record.leave)

    def away(self, day: date) -> bool:
        person = self.record.person
        before = person.starts_on is not None and day < person.starts_on
        gone = person.ends_on is not None and day > person.ends_on
        return before or gone or self.on_leave_on(day)

    def days(self, first: date, last: date) -> list[date]:
        every = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        return [day for day in every if not self.away(day)]

    def within(self, first: date, last: date) -> list[Duty]:
        days = self.days(first, last)
        return [duty for duty in self.duties if duty.date in days]

    # Averages

    def minutes(self, duty: Duty) -> int:
        if duty.counted_minutes is not None:
            return duty.counted_minutes
        return 30 * len(self.on[duty.key]) if duty.kind in {Kind.IN_HOUSE, Kind.MOONLIGHTING} else 0

    def hours_over(self, window: Window, limit: float) -> Iterator[tuple[date, date, float, float, list[Duty]]]:
        days, duties = self.days(window.first, window.last), self.within(window.first, window.last)
        if days:
            minutes = sum(self.minutes(duty) for duty in duties)
            if minutes / 60 / (len(days) / 7) > limit + 1e-9:
                counted = [duty for duty in duties if self.minutes(duty)]
                yield window.first, window.last, round(minutes * 7 / (60 * len(days)), 2), limit, counted

    def limit_of(self, window: Window) -> int:
        return self.book.hour_limits.get(window.rotation, 80)

    def weekly_hours(self, rule: Rule) -> Iterator[tuple[date, date, float, float, list[Duty]]]:
        for window in self.record.windows:
            if rule.label == "New York 405" or self.limit_of(window) <= 80:
                yield from self.hours_over(window, 80)

    def granted_hours(self, rule: Rule) -> Iterator[tuple[date, date, float, float, list[Duty]]]:
        for window in self.record.windows:
            if self.limit_of(window) > 80:
                yield from self.hours_over(window, self.limit_of(window))

    def rotation_hours(self, rule: Rule) -> Iterator[tuple[date, date, float, float, list[Duty]]]:
        for window in self.record.windows:
            if self.limit_of(window) < 80:
                yield from self.hours_over(window, self.limit_of(window))

    def part_time_hours(self, rule: Rule) -> Iterator[tuple[date, date, float, float, list[Duty]]]:
        for window in self.record.windows:
            if self.record.person.share < 1:
                yield from self.hours_over(window, 80 * self.record.person.share)

    def call_nights(self, rule: Rule) -> Iterator[tuple[date, date, float, float, list[Duty]]]:
        for window in self.record.windows:
            calls = [
                duty
                for duty in self.within(window.first, window.last)
                if duty.call and duty.kind == Kind.IN_HOUSE and not duty.night_float
            ]
            most = int(len(self.days(window.first, window.last)) / 3)
            if len(calls) > most:
                yield window.first, window.last, len(calls), most, calls

    # Free days

    def free_slots(self, home_call: bool) -> list[bool]:
        """Which half hours are free: within the windows, no duty, not away."""
        first = min(window.first for window in self.record.windows)
        last = max(window.last for window in self.record.windows)
        taken: set[int] = set()
        for duty in self.duties:
            if worked(duty) or (home_call and duty.kind == Kind.HOME_CALL):
                taken |= self.on[duty.key]
        days = set(self.days(first, last))
        return [local.date() in days and at not in taken for at, local in enumerate(self.local)]

    def most_days_in(self, begins: int, ends: int) -> int:
        """The most free days that fit into free half hours: of 48 of them, or from midnight to midnight."""
        best = {ends: 0}
        for at in range(ends - 1, begins - 1, -1):
            best[at] = best[at + 1]
            if at + A_DAY <= ends:
                best[at] = max(best[at], 1 + best[at + A_DAY])
            midnight = next((m for m in range(at + 46, at + 51) if m <= ends and self.is_midnight(m)), None)
            if self.is_midnight(at) and midnight is not None:
                best[at] = max(best[at], 1 + best[midnight])
        return best[begins]

    def is_midnight(self, at: int) -> bool:
        return (self.local[at].hour, self.local[at].minute) == (0, 0)

    def free_days_of(self, first: date, last: date, home_call: bool = True) -> int:
        if home_call not in self.free:
            self.free[home_call] = self.free_slots(home_call)
        free = self.free[home_call]
        inside = [at for at, local in enumerate(self.local) if first <= local.date() <= last]
        start, end = inside[0], inside[-1] + 1
        total, at = 0, 0
        while at < len(free):
            if not free[at]:
                at += 1
                continue
            until = at
            while free[until]:
                until += 1
            if at < end and until > start:
                here = self.most_days_in(max(at, start), min(until, end))
                total += here
                if start < at and until > end and self.most_days_in(at, until) > here + self.most_days_in(end, until):
                    total += 1
            at = until
        return total

    def free_days(self, rule: Rule) -> Iterator[tuple[date, date, float, float, list[Duty]]]:
        for window in self.record.windows:
            owed = len(self.days(window.first, window.last)) // 7
            free = self.free_days_of(window.first, window.last) if owed else 0
            if free < owed:
                yield window.first, window.last, free, owed, self.blocking(self.within(window.first, window.last))

    def blocking(self, duties: list[Duty]) -> list[Duty]:
        return [duty for duty in duties if worked(duty) or duty.kind == Kind.HOME_CALL]

    def free_day_each_week(self, rule: Rule) -> Iterator[tuple[date, date, float, float, list[Duty]]]:
        day = min(window.first for window in self.record.windows)
        last = max(window.last for window in self.record.windows)
        while day <= last:
            end = day + timedelta(days=6)
            if day.strftime("%A") == "Sunday" and end <= last and len(self.days(day, end)) == 7:
                free = self.free_days_of(day, end)
                if free == 0:
                    yield day, end, 0, 1, self.blocking(self.within(day, end))
            day += timedelta(days=1)

    def broken(self, window: Window, without_home_call: bool = False) -> set[str]:
        """Which of the two averages the window breaks, "hours" and "days", perhaps as if without home call."""
        days, duties = self.days(window.first, window.last), self.within(window.first, window.last)
        if without_home_call:
            duties = [duty for duty in duties if duty.kind != Kind.HOME_CALL]
        found = set()
        if days and sum(self.minutes(duty) for duty in duties) * 7 > max(80, self.limit_of(window)) * 60 * len(days):
            found.add("hours")
        if len(days) >= 7 and self.free_days_of(window.first, window.last, not without_home_call) < len(days) // 7:
            found.add("days")
        return found

    def night_float(self, rule: Rule) -> Iterator[tuple[date, date, float, float, list[Duty]]]:
        for window in self.record.windows:
            nights = [duty for duty in self.within(window.first, window.last) if duty.night_float]
            broken = self.broken(window) if nights else set()
            if broken:
                yield window.first, window.last, len(broken), 0, nights

    def home_call(self, rule: Rule) -> Iterator[tuple[date, date, float, float, list[Duty]]]:
        for window in self.record.windows:
            calls = [duty for duty in self.within(window.first, window.last) if duty.kind == Kind.HOME_CALL]
            broken = self.broken(window) if calls else set()
            blamed = broken - self.broken(window, without_home_call=True) if broken else set()
            if blamed:
                yield window.first, window.last, len(blamed), 0, calls

    # Across the edges

    def stretches(self) -> list[Stretch]:
        working = [duty for duty in self.duties if worked(duty)]
        busy = sorted(set().union(*(self.on[duty.key] for duty in working)))
        pause = self.book.break_minutes // 30
        found: list[Stretch] = []
        for at in busy:
            if found and at - found[-1].ends <= pause:
                found[-1].ends = at + 1
            else:
                found.append(Stretch(at, at + 1, []))
        for stretch in found:
            stretch.duties = [duty for duty in working if stretch.begins <= min(self.on[duty.key]) < stretch.ends]
        return found

    def pairs(self) -> list[tuple[Stretch, Stretch, float]]:
        """Stretches that follow one another, with the hours between them."""
        found = self.stretches()
        return [(one, two, (two.begins - one.ends) / 2) for one, two in pairwise(found)]

    def ends_last(self, stretch: Stretch) -> Duty:
        return max(stretch.duties, key=lambda duty: (max(self.on[duty.key]), -self.duties.index(duty)))

    def length(self, begins: int, ends: int) -> float:
        """Hours, real or by the clock, whichever are fewer."""
        clock = self.local[ends].replace(tzinfo=None) - self.local[begins].replace(tzinfo=None)
        return min((ends - begins) / 2, clock / timedelta(hours=1))

    def rest(self, rule: Rule) -> Iterator[tuple[date, date, float, float, list[Duty]]]:
        for one, two, free in self.pairs():
            if free < rule.limit:
                before, after = self.ends_last(one), two.duties[0]
                yield before.date, after.date, free, rule.limit, [before, after]

    def rest_after_call(self, rule: Rule) -> Iterator[tuple[date, date, float, float, list[Duty]]]:
        for one, two, free in self.pairs():
            if self.length(one.begins, one.ends) >= 24 and free < 14:
                yield one.duties[0].date, two.duties[0].date, free, 14, [*one.duties, two.duties[0]]

    def continuous_work(self, rule: Rule) -> Iterator[tuple[date, date, float, float, list[Duty]]]:
        for stretch in self.stretches():
            last = self.ends_last(stretch)
            slots = self.on[last.key]
            own = self.length(min(slots), max(slots) + 1)
            handing_over = max(0.0, own - 24) if last.handover_minutes is None else last.handover_minutes / 60
            whole = self.length(stretch.begins, stretch.ends)
            scheduled = whole - min(handing_over, own)
            dates = stretch.duties[0].date, stretch.duties[-1].date
            if scheduled > 24:
                yield *dates, scheduled, 24, stretch.duties
            elif whole > 24 + rule.allowance:
                yield *dates, whole, 24 + rule.allowance, stretch.duties

    def runs(self, duties: list[Duty], most: int) -> Iterator[tuple[date, date, float, float, list[Duty]]]:
        days = {duty.date for duty in duties}
        for day in sorted(days):
            if day - timedelta(days=1) in days:
                continue
            length = 1
            while day + timedelta(days=length) in days:
                length += 1
            last = day + timedelta(days=length - 1)
            if length > most:
                yield day, last, length, most, [duty for duty in duties if day <= duty.date <= last]

    def night_float_run(self, rule: Rule) -> Iterator[tuple[date, date, float, float, list[Duty]]]:
        nights = [duty for duty in self.duties if worked(duty) and duty.night and duty.night_float]
        yield from self.runs(nights, rule.limit)

    def consecutive_days(self, rule: Rule) -> Iterator[tuple[date, date, float, float, list[Duty]]]:
        yield from self.runs([duty for duty in self.duties if worked(duty)], rule.limit)

    # Single duties

    def moonlighting(self, rule: Rule) -> Iterator[tuple[date, date, float, float, list[Duty]]]:
        for duty in self.duties:
            levels = [(date.min, self.record.person.level), *self.record.person.levels]
            level = [level for since, level in levels if since <= duty.date][-1]
            if duty.kind == Kind.MOONLIGHTING and level == 1:
                yield duty.date, duty.date, 1, 0, [duty]

    def overlap(self, rule: Rule) -> Iterator[tuple[date, date, float, float, list[Duty]]]:
        working = [duty for duty in self.duties if worked(duty)]
        for number, one in enumerate(working):
            for two in working[number + 1 :]:
                both = self.on[one.key] & self.on[two.key]
                if both:
                    yield one.date, two.date, 30 * len(both), 0, [one, two]

    def on_leave(self, rule: Rule) -> Iterator[tuple[date, date, float, float, list[Duty]]]:
        for duty in self.duties:
            if self.on_leave_on(duty.date):
                yield duty.date, duty.date, 1, 0, [duty]

    def into_leave(self, rule: Rule) -> Iterator[tuple[date, date, float, float, list[Duty]]]:
        for duty in self.blocking(self.duties):
            days = sorted({self.local[at].date() for at in self.on[duty.key]})
            first = next((day for day in days if self.on_leave_on(day)), None)
            if first is not None and first != duty.date and not self.on_leave_on(duty.date):
                beyond = [at for at in self.on[duty.key] if self.local[at].date() >= first]
                yield duty.date, first, len(beyond) / 2, rule.limit, [duty]


def supervision(records: list[PersonRecord], book: Rulebook, rule: Rule, rotation: str) -> list[Shape]:
    """Too few faculty on a rotation: at each moment at which somebody starts or ends, everybody is asked."""
    present = [
        (record.person, duty, duty.starts_at.astimezone(UTC), duty.ends_at.astimezone(UTC))
        for record in records
        for duty in record.duties
        if duty.rotation == rotation and (worked(duty) or (record.person.is_faculty and duty.kind == Kind.HOME_CALL))
    ]
    moments = {moment for _, _, starts, ends in present for moment in (starts, ends)}
    worst: dict[date, tuple[int, int, frozenset[Hashable]]] = {}
    for moment in sorted(moments):
        on = [(who, duty) for who, duty, starts, ends in present if starts <= moment < ends]
        faculty = sum(who.is_faculty for who, _ in on)
        residents = [(who, duty) for who, duty in on if not who.is_faculty]
        load = sum(1 / rule.limit if who.level_on(duty.date) == 1 else 1 / rule.allowance for who, duty in residents)
        needed = ceil(load)
        day = moment.astimezone(book.zone).date()
        if needed > faculty and (day not in worst or needed - faculty > worst[day][1] - worst[day][0]):
            worst[day] = (faculty, needed, frozenset(duty.key for _, duty in residents))
    return [(rule.id, None, day, day, has, needs, keys) for day, (has, needs, keys) in worst.items()]
