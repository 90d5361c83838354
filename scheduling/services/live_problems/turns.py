"""What one person's roster comes to: whatever is found of it without looking at anybody else."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from absences.models import Absence
from people.models import Person
from scheduling.models import Assignment, Period, ShiftType
from scheduling.services.live_problems.ground import DAY, Ground, Roster, Taken
from scheduling.services.live_problems.lines import Problem
from scheduling.services.live_problems.memo import digest
from scheduling.services.live_problems.placed import outside_the_plan
from scheduling.solver.roster.problem import Tally

type Rows = Sequence[Taken]
type Work = tuple[date, int, int]  # day, shift type, rotation


@dataclass(frozen=True, slots=True)
class Turns:
    """A person's.

    `rows` are in order of the blocks' keys, with those of the weeks before, for the rules; `by_rotation` the same
    apart; `tally` is None for who holds nothing; `there` is by month what staffing counts: on no day of leave, and no
    backup. Digests stand for the values.
    """

    rows: Rows
    digest: str
    outside: tuple[Problem, ...]
    tally: Tally | None
    by_rotation: Mapping[int, Rows]
    rotation_digests: Mapping[int, str]
    there: Mapping[date, Sequence[Work]]
    month_digests: Mapping[date, str]


def turns_of(ground: Ground, roster: Roster) -> dict[int, Turns]:
    """Of everybody who holds anything, in the order of people."""
    found = {}
    for person in ground.facts.people:
        text, marks = roster.texts.get(person.pk, ""), tuple(roster.marks.get(person.pk, ()))
        if text or person.pk in ground.recent:
            found[person.pk] = _kept(ground, person, text, marks)
    return found


def _kept(ground: Ground, person: Person, text: str, marks: tuple[tuple[int, str, str], ...]) -> Turns:
    kept: Turns = ground.found.of((person.pk, text, marks), lambda: _turns(ground, person, text, marks))
    return kept


def _turns(ground: Ground, person: Person, text: str, marks: tuple[tuple[int, str, str], ...]) -> Turns:
    own = _rows(ground, text, marks)
    rows = (*ground.recent.get(person.pk, ()), *own)
    by_rotation: dict[int, list[Taken]] = defaultdict(list)
    for row in rows:
        by_rotation[row.rotation].append(row)
    there = _there(ground, person, own)
    return Turns(
        rows=rows,
        digest=digest(rows),
        outside=tuple(outside_the_plan(ground, person, own)),
        tally=ground.measured.tally(person.pk, [row.block for row in own]) if text else None,
        by_rotation=by_rotation,
        rotation_digests={rotation: digest(mine) for rotation, mine in by_rotation.items()},
        there=there,
        month_digests={month: digest(work) for month, work in there.items()},
    )


def _rows(ground: Ground, text: str, marks: Sequence[tuple[int, str, str]]) -> list[Taken]:
    marked = {block: (role, override) for block, role, override in marks}
    usual = (str(Assignment.Role.PRIMARY), "")
    pairs = sorted(tuple(map(int, pair.split(" "))) for pair in text.split(",") if pair)
    return [Taken(block, rotation, *marked.get(block, usual)) for block, rotation in pairs if block in ground.blocks]


def _there(ground: Ground, person: Person, rows: Rows) -> dict[date, list[Work]]:
    """By month, what somebody works as staffing counts it: whoever is on leave is not there, nor are backups."""
    found: dict[date, list[Work]] = defaultdict(list)
    if person.pk not in ground.facts.ranks.today:
        return found
    shift_types = ground.facts.shift_types
    backups = {key for key, each in shift_types.items() if each.duty == ShiftType.Duty.BACKUP}
    gone = _away(ground, person)
    for block, rotation, role, _override in rows:
        when = ground.blocks[block]
        if when.day not in gone and (role != Assignment.Role.BACKUP or when.shift_type in backups):
            found[when.day.replace(day=1)].append((when.day, when.shift_type, rotation))
    return found


def _away(ground: Ground, person: Person) -> set[date]:
    """The days on which somebody is on leave: approved, or placed on a rotation that is vacation."""
    facts = ground.facts
    vacations = {rotation.code for rotation in facts.rotations.values() if rotation.is_vacation}
    spans: list[Absence | Period] = [*facts.absences.get(person.pk, ())]
    spans += [
        period for place, period in enumerate(facts.periods) if ground.plan.get((person.code, place)) in vacations
    ]
    return {span.start_date + DAY * n for span in spans for n in range((span.end_date - span.start_date).days + 1)}
