"""Who could take a day from somebody: those who are free then, and those who could swap, as the rules allow."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from people.models import Person
from scheduling.models import Assignment, Rotation, Schedule
from scheduling.services.cell_verdicts import Ground, Said, ground_of, say
from scheduling.services.gestures import At, Board
from scheduling.services.month_changes import changes_between, days_carried
from scheduling.services.roster_days import FREE, DayHeld, duties_of, is_same, read_days, text_of

ENOUGH = 8


@dataclass(frozen=True, slots=True)
class Partner:
    """Somebody who could take the day: for what they work then (a swap), or for nothing (`content` is blank)."""

    person: Person
    level: str
    placed: Rotation | None
    content: str
    rotation: Rotation | None
    said: Said

    @property
    def order(self) -> tuple[int, bool, Sequence[str], str]:
        return self.said.order, self.said.effects.is_short, self.said.effects.words, self.person.name


@dataclass(frozen=True, slots=True)
class Partners:
    """Those found; `has_more` whether there may be others; `content` what the day holds that they would take."""

    partners: Sequence[Partner]
    has_more: bool
    content: str


def partners_of(schedule: Schedule, person: Person, day: date) -> Partners:
    """Those who could take the day without anything that needs a reason, best first.

    Asked in the order of how near they are to it, until there are enough: placed on the rotation or called to it, and
    free then, come first.
    """
    ground = ground_of(schedule, day, day)
    at = (person.pk, day)
    held = read_days(schedule, [each.pk for each in ground.facts.people], day, day)
    if at not in held:
        return Partners((), has_more=False, content="")
    found: list[Partner] = []
    line = sorted(_in_question(ground, person, day, held), key=lambda each: _order(ground, each, at, held))
    while line and len(found) < ENOUGH:
        partner = _partner(ground, at, line.pop(0), held)
        if not partner.said.needs_reason:
            found.append(partner)
    found.sort(key=lambda each: each.order)
    return Partners(found, has_more=bool(line), content=text_of(duties_of(held[at])))


def _in_question(ground: Ground, person: Person, day: date, held: dict[At[date], DayHeld]) -> Iterator[Person]:
    facts = ground.facts
    own = duties_of(held[person.pk, day])
    for other in facts.people:
        if (
            other.pk != person.pk
            and other.type == person.type
            and facts.employed(other, day, day) is not None
            and not facts.leave_days(other, day, day)
            and not is_same(own, duties_of(held.get((other.pk, day), FREE)))
        ):
            yield other


def _order(ground: Ground, other: Person, at: At[date], held: dict[At[date], DayHeld]) -> tuple[bool, bool, str]:
    day = at[1]
    placed = ground.placed(other, day)
    rotation = next(each for each in ground.facts.rotations.values() if each.code == held[at][0][1].rotation)
    shift = next(each for each in ground.facts.shift_types.values() if each.code == held[at][0][0])
    level = ground.facts.ranks.on(other.pk, day).level
    turn = ground.turn(other, rotation, shift, day)
    is_called = placed is not None and (placed.pk == rotation.pk or ground.house.calls(placed, turn, level))
    is_busy = any(state.role != Assignment.Role.BACKUP for _, state in held.get((other.pk, day), FREE))
    return not is_called, is_busy, other.name


def _partner(ground: Ground, at: At[date], other: Person, held: dict[At[date], DayHeld]) -> Partner:
    there = (other.pk, at[1])
    board = Board([at[1]], held, FREE)
    after = days_carried("swap" if there in held else "move", board, at, there)
    duties = duties_of(held.get(there, FREE))
    return Partner(
        person=other,
        level=ground.facts.ranks.on(other.pk, at[1]).label,
        placed=ground.placed(other, at[1]),
        content=text_of(duties),
        rotation=next((each for each in ground.facts.rotations.values() if duties and each.code == duties[0][0]), None),
        said=say(ground, changes_between(held, after)),
    )
