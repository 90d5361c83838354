"""One person's day as its panel shows it: what is there, and each block that they could work with its verdict."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations

from people.models import Person
from scheduling.models import Assignment, Rotation, Schedule, ShiftType
from scheduling.services.cell_history import Past, history
from scheduling.services.cell_verdicts import Ground, Said, ground_of, say
from scheduling.services.facts import Facts
from scheduling.services.gestures import At, Duties
from scheduling.services.month_changes import changes_between, day_set
from scheduling.services.roster_days import FREE, DayHeld, duties_of, is_same, read_days, text_of

ENTRIES_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """What the day could hold: one block, joined ones, or nothing (`rotation` is None)."""

    duties: Duties
    rotation: Rotation | None
    name: str
    said: Said
    is_now: bool
    is_night: bool

    @property
    def content(self) -> str:
        return text_of(self.duties)


@dataclass(frozen=True, slots=True)
class Held:
    """A duty that the day holds."""

    row: Assignment
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class CellPanel:
    """Everything about one cell. `usual` are the choices of the person's placement, `covers` those that it is called
    to, `others` all else."""

    person: Person
    day: date
    level: str
    placed: Rotation | None
    leave: str
    content: str
    held: Sequence[Held]
    usual: Sequence[Choice]
    covers: Sequence[Choice]
    others: Sequence[Choice]
    history: Sequence[Past]

    @property
    def is_pinned(self) -> bool:
        return all(each.row.is_pinned for each in self.held)

    @property
    def note(self) -> str:
        return next((each.row.note for each in self.held if each.row.note), "")


def read_cell(schedule: Schedule, person: Person, day: date) -> CellPanel:
    """The panel of a person's day (a constant number of queries).

    Raises ValidationError where the program's rule settings are wrong.
    """
    ground = ground_of(schedule, day, day, {person.pk})
    at, facts = (person.pk, day), ground.facts
    before = read_days(schedule, {person.pk}, day, day).get(at, FREE)
    usual, covers, others = _grouped(ground, person, day, duties_of(before))
    leave = next((each for each in facts.absences.get(person.pk, ()) if each.start_date <= day <= each.end_date), None)
    made = {duties: _choice(ground, at, before, duties) for duties in [*usual, *covers, *others]}
    return CellPanel(
        person=person,
        day=day,
        level=facts.ranks.on(person.pk, day).label,
        placed=ground.placed(person, day),
        leave=leave.get_kind_display() if leave else "",
        content=text_of(duties_of(before)),
        held=list(_held(facts, person, day)),
        usual=[made[duties] for duties in usual],
        covers=[made[duties] for duties in covers],
        others=[made[duties] for duties in others],
        history=history(schedule, at)[:ENTRIES_SHOWN],
    )


def _choice(ground: Ground, at: At[date], before: DayHeld, duties: Duties) -> Choice:
    facts = ground.facts
    changes = changes_between({at: before}, {at: day_set(before, duties)})
    return Choice(
        duties=duties,
        rotation=next((each for each in facts.rotations.values() if duties and each.code == duties[0][0]), None),
        name=_name(facts, duties),
        said=say(ground, changes),
        is_now=is_same(duties, duties_of(before)),
        is_night=any(each.is_night for each in facts.shift_types.values() if each.code in {code for _, code in duties}),
    )


def _name(facts: Facts, duties: Duties) -> str:
    """Such as "Ward A, day" or "Clinic, morning and afternoon"."""
    if not duties:
        return "Free"
    rotations = {each.code: each.name for each in facts.rotations.values()}
    shifts = {each.code: each.name.lower() for each in facts.shift_types.values()}
    if len({rotation for rotation, _ in duties}) == 1:
        return f"{rotations.get(duties[0][0], duties[0][0])}, {' and '.join(shifts[shift] for _, shift in duties)}"
    return " and ".join(f"{rotations.get(rotation, rotation)}, {shifts[shift]}" for rotation, shift in duties)


def _grouped(ground: Ground, person: Person, day: date, now: Duties) -> tuple[list[Duties], list[Duties], list[Duties]]:
    """The blocks of the placement, with what is there now and nothing; those of cross-cover; those of all else."""
    facts, placed = ground.facts, ground.placed(person, day)
    worked = shifts_of(ground)
    own: list[Duties] = []
    covered: list[Duties] = []
    rest: list[Duties] = []
    for key, rotation in facts.rotations.items():
        if not rotation.is_active or rotation.is_vacation:
            continue
        for shifts in _joined(ground, worked.get(key, [])):
            duties = tuple((rotation.code, shift.code) for shift in shifts)
            if placed is not None and key == placed.pk:
                own.append(duties)
            elif placed is not None and _is_called(ground, person, placed, rotation, shifts, day):
                covered.append(duties)
            else:
                rest.append(duties)
    usual = [*own, *([now] if now and not any(is_same(now, each) for each in own) else []), ()]
    return (
        usual,
        [each for each in covered if not is_same(each, now)],
        [each for each in rest if not is_same(each, now)],
    )


def shifts_of(ground: Ground) -> Mapping[int, list[ShiftType]]:
    """The shift types in which a rotation is worked, by its key: by staffing, its regular shifts, cross-cover, and what
    is worked these days; all in-house ones where none of them says."""
    facts = ground.facts
    found: dict[int, set[int]] = {key: set() for key in facts.rotations}
    for line in ground.there.lines:
        for need in line:
            for key in need.rotations & found.keys():
                found[key].update([need.shift_type] if need.shift_type is not None else [])
    for key, rotation in facts.rotations.items():
        found[key].update(shift.pk for shift in rotation.regular_shifts.all())
    for call in ground.house.cross_cover:
        found.get(call.covers, set()).update(call.shift_types)
    for turns in ground.judge.turns.values():
        for turn in turns.values():
            found[turn.rotation].add(turn.shift_type)
    in_house = [key for key, shift in facts.shift_types.items() if shift.duty == ShiftType.Duty.IN_HOUSE]
    return {
        key: [shift for pk, shift in facts.shift_types.items() if pk in (worked or in_house)]
        for key, worked in found.items()
    }


def _joined(ground: Ground, shifts: Sequence[ShiftType]) -> Iterator[tuple[ShiftType, ...]]:
    """Two shifts that join, such as morning and afternoon, before each by itself."""
    for one, other in combinations(shifts, 2):
        if (one.pk, other.pk) in ground.house.joined and not (one.is_night or other.is_night):
            yield one, other
    for shift in shifts:
        yield (shift,)


def _is_called(
    ground: Ground, person: Person, placed: Rotation, to: Rotation, shifts: Sequence[ShiftType], day: date
) -> bool:
    level = ground.facts.ranks.on(person.pk, day).level
    return all(ground.house.calls(placed, ground.turn(person, to, shift, day), level) for shift in shifts)


def _held(facts: Facts, person: Person, day: date) -> Iterator[Held]:
    rows = Assignment.objects.filter(schedule=facts.schedule, person=person, block__date=day)
    zone = facts.schedule.program.zone
    for row in rows.select_related("block__shift_type", "rotation").order_by("block__starts_at"):
        yield Held(row, row.block.starts_at.astimezone(zone), row.block.ends_at.astimezone(zone))
