"""Pins that break a rule: they are kept, and said."""

from collections.abc import Iterator

from scheduling.solver.roster.choosing import is_work
from scheduling.solver.roster.frame import Frame
from scheduling.solver.roster.free_days import free_hour, taken_days
from scheduling.solver.roster.model import Agenda
from scheduling.solver.roster.problem import BrokenPin, Pin, WorkedBlock
from scheduling.solver.roster.windows import Window, weeks_of, windows_of


def broken_pins(frame: Frame, worked: list[dict[int, list[WorkedBlock]]]) -> list[BrokenPin]:
    """Each pin with each rule that it breaks in the finished roster, in the order of the problem's pins.

    The optimiser adds nothing that breaks a rule, so what is broken over an average is laid to the pins in
    it.
    """
    index = {person.id: number for number, person in enumerate(frame.problem.people)}
    averages = {
        number: list(_broken_averages(frame, number, worked[number]))
        for number in sorted({index[pin.person] for pin in frame.problem.pins})
    }
    found = []
    for pin in frame.problem.pins:
        number = index[pin.person]
        rules = list(_broken_alone(frame, number, pin, worked[number]))
        rules += [rule for first, last, rule in averages[number] if first <= pin.day <= last]
        found += [BrokenPin(pin, rule) for rule in dict.fromkeys(rules)]
    return found


def _broken_alone(frame: Frame, person: int, pin: Pin, by_day: dict[int, list[WorkedBlock]]) -> Iterator[str]:
    if pin.day in frame.leave[person]:
        yield "approved leave"
    if pin.day not in frame.placed[person]:
        yield "outside every placement"
    limits = frame.problem.people[person].limits
    if limits and pin.day in limits.days_off:
        yield "a day off by the person's limits"
    faculty = frame.problem.people[person].faculty
    if not faculty and (rule := frame.too_long(pin.shift_type, pin.day)):
        yield rule
    seen_itself = False
    for day in range(pin.day - 2, pin.day + 3):
        for other in by_day.get(day, ()):
            if day == pin.day and other.shift_type == pin.shift_type and not seen_itself:
                seen_itself = True
                continue
            if rule := frame.clash(pin.shift_type, pin.day, other.shift_type, day, faculty=faculty):
                yield rule


def _broken_averages(frame: Frame, person: int, by_day: dict[int, list[WorkedBlock]]) -> Iterator[tuple[int, int, str]]:
    """Rules over several days that are broken, with those days."""
    if frame.problem.people[person].faculty:
        return
    agenda = Agenda(person, by_day)
    whole = (0, frame.problem.days - 1)
    windows = windows_of(frame, person, whole)
    for window in windows:
        for rule in _broken_in(frame, agenda, window):
            yield window.first, window.last, rule
    rules = frame.rules
    if rules.free_day_in is not None:
        for window in windows if rules.free_day_averaged else weeks_of(frame, person, whole):
            if _without_free_day(frame, agenda, window, rules.free_day_in):
                yield window.first, window.last, "one day in seven free (6.21.b)"
    nights = {d for d, bs in by_day.items() if any(frame.shifts[b.shift_type].night for b in bs)}
    work = {d for d, bs in by_day.items() if any(is_work(frame, b) for b in bs)}
    for days, most, name in (
        (nights, rules.most_nights_in_a_row, "nights in a row (program rule)"),
        (work, rules.most_days_in_a_row, "days in a row (program rule)"),
    ):
        if most is not None:
            for first in sorted(days):
                if all(first + step in days for step in range(most + 1)):
                    yield first, first + most, f"at most {most} {name}"


def _broken_in(frame: Frame, agenda: Agenda, window: Window) -> Iterator[str]:
    rules = frame.rules
    blocks = [b for day in range(window.first, window.last + 1) for b in agenda.fixed.get(day, ())]
    if rules.weekly_hours and sum(frame.counted(b.shift_type, b.day) for b in blocks) > window.minutes:
        yield f"at most {window.weekly_hours} hours a week, averaged (6.20)"
    if rules.call_every is not None and sum(map(frame.is_call, blocks)) > window.calls(rules.call_every):
        yield "in-house call at most every third night, averaged (6.27)"


def _without_free_day(frame: Frame, agenda: Agenda, window: Window, one_in: int) -> bool:
    taken = taken_days(frame, agenda, window, free_hour(frame, agenda, window))
    return len(window.days) - len(taken) < window.free_days(one_in)
