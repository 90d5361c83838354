"""Files of the public shift-scheduling instances (Curtois and Qu, schedulingbenchmarks.org), read as they are."""

from collections.abc import Callable
from dataclasses import dataclass, field


class BadInstance(ValueError):
    """The file cannot be read; the message names the line and what was expected there."""


@dataclass(frozen=True, slots=True)
class Shift:
    minutes: int
    not_followed_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Employee:
    """The columns of SECTION_STAFF, as the file names them."""

    max_shifts: dict[str, int]
    max_total_minutes: int
    min_total_minutes: int
    max_consecutive_shifts: int
    min_consecutive_shifts: int
    min_consecutive_days_off: int
    max_weekends: int


@dataclass(frozen=True, slots=True)
class Wish:
    employee: str
    day: int
    shift: str
    weight: int


@dataclass(frozen=True, slots=True)
class Cover:
    day: int
    shift: str
    requirement: int
    under: int
    over: int


@dataclass(slots=True)
class Instance:
    """One file. Day 0 is a Monday."""

    horizon: int = 0
    shifts: dict[str, Shift] = field(default_factory=dict)
    staff: dict[str, Employee] = field(default_factory=dict)
    days_off: dict[str, list[int]] = field(default_factory=dict)
    on: list[Wish] = field(default_factory=list)
    off: list[Wish] = field(default_factory=list)
    cover: list[Cover] = field(default_factory=list)


def read_instance(text: str) -> Instance:
    """Reads the text of an instance. Raises BadInstance naming the line."""
    instance = Instance()
    section = ""
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("SECTION_"):
            section = line
            if section not in READERS:
                raise BadInstance(f"Line {number}: {section} is no section; there are {', '.join(READERS)}.")
            continue
        if section not in READERS:
            raise BadInstance(f"Line {number}: expected a line starting with SECTION_, not {line!r}.")
        try:
            READERS[section](instance, [cell.strip() for cell in line.split(",")])
        except (ValueError, IndexError) as error:
            raise BadInstance(f"Line {number}, {section}: cannot read {line!r}: {error}.") from error
    missing = [name for name in ("horizon", "shifts", "staff") if not getattr(instance, name)]
    if missing:
        raise BadInstance(f"The file has no {' and no '.join(missing)}.")
    return instance


def _read_horizon(instance: Instance, cells: list[str]) -> None:
    instance.horizon = int(cells[0])


def _read_shift(instance: Instance, cells: list[str]) -> None:
    name, minutes, after = cells
    instance.shifts[name] = Shift(int(minutes), tuple(filter(None, after.split("|"))))


def _read_employee(instance: Instance, cells: list[str]) -> None:
    name, most, *numbers = cells
    pairs = [pair.split("=") for pair in most.split("|")]
    max_shifts = {_shift(instance, pair[0]): int(pair[1]) for pair in pairs}
    most_minutes, least_minutes, most_run, least_run, least_off, weekends = (int(cell) for cell in numbers)
    instance.staff[name] = Employee(max_shifts, most_minutes, least_minutes, most_run, least_run, least_off, weekends)


def _read_days_off(instance: Instance, cells: list[str]) -> None:
    instance.days_off[_employee(instance, cells[0])] = [_day(instance, cell) for cell in cells[1:]]


def _read_wish(wishes: Callable[[Instance], list[Wish]]) -> Callable[[Instance, list[str]], None]:
    def read(instance: Instance, cells: list[str]) -> None:
        name, day, shift, weight = cells
        wish = Wish(_employee(instance, name), _day(instance, day), _shift(instance, shift), int(weight))
        wishes(instance).append(wish)

    return read


def _read_cover(instance: Instance, cells: list[str]) -> None:
    day, shift, *numbers = cells
    requirement, under, over = (int(cell) for cell in numbers)
    instance.cover.append(Cover(_day(instance, day), _shift(instance, shift), requirement, under, over))


def _shift(instance: Instance, name: str) -> str:
    if name not in instance.shifts:
        raise ValueError(f"{name!r} is no shift of this file")
    return name


def _employee(instance: Instance, name: str) -> str:
    if name not in instance.staff:
        raise ValueError(f"{name!r} is no member of the staff of this file")
    return name


def _day(instance: Instance, cell: str) -> int:
    if not 0 <= int(cell) < instance.horizon:
        raise ValueError(f"day {cell} is not between 0 and {instance.horizon - 1}")
    return int(cell)


READERS: dict[str, Callable[[Instance, list[str]], None]] = {
    "SECTION_HORIZON": _read_horizon,
    "SECTION_SHIFTS": _read_shift,
    "SECTION_STAFF": _read_employee,
    "SECTION_DAYS_OFF": _read_days_off,
    "SECTION_SHIFT_ON_REQUESTS": _read_wish(lambda instance: instance.on),
    "SECTION_SHIFT_OFF_REQUESTS": _read_wish(lambda instance: instance.off),
    "SECTION_COVER": _read_cover,
}
