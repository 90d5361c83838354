"""What the rules say of a change before it is made: read once around its dates, then asked as often as one likes.

    judge = load(schedule, day, day)
    judge.give(person.pk, (day, "N"), "WA").is_allowed

The answers are those of checking the whole schedule before and after, but for who is free for so long that the free
time reaches back over a whole averaging window: windows before that one are not looked at.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from people.models import Person
from scheduling.models import Assignment, Block, Rotation, Schedule
from scheduling.rules import Duty, EditVerdicts, PersonRecord, Rulebook, verdicts_for_edit
from scheduling.rules.check import SUPERVISION
from scheduling.services import facts as facts_
from scheduling.services.checking import Worked, book_of, duty_of, person_of, record_of
from scheduling.services.edit import Change, role_of
from scheduling.services.facts import Facts
from scheduling.services.plan_problem import schedule_before
from scheduling.services.roster_build import Plan, stored_plan

FOUR_WEEKS = timedelta(days=28)
# The averaging window before the one of the edit, of a month at most, and a night that runs into it.
WINDOW_BEFORE = timedelta(days=35)
WEEK = timedelta(days=7)
NEAR = timedelta(days=2)  # the days around a duty on which others may be at work with it

type Key = tuple[date, str]  # a block: its date and its shift type's code


@dataclass(frozen=True, slots=True)
class Turn:
    """An assignment as the database has it. `pk` is None for one of the schedule published before."""

    pk: int | None
    key: Key
    starts_at: datetime
    ends_at: datetime
    shift_type: int
    rotation: int
    role: str
    is_pinned: bool


@dataclass(frozen=True, slots=True)
class Judge:
    """Who works what from `since` to `until`, and what the rules say of changes from `first` to `last`.

    People and rotations go by key and code, as in `edit.Change`. Duties in verdicts go by their block: (date, code
    of the shift type). Everything raises ValueError for people, blocks and rotations that are not the schedule's.
    """

    facts: Facts
    plan: Plan
    book: Rulebook
    first: date
    last: date
    since: date
    until: date
    turns: Mapping[int, Mapping[Key, Turn]]  # by person, then block
    _people: Mapping[int, Person]
    _rotations: Mapping[str, Rotation]
    _records: dict[int, PersonRecord] = field(default_factory=dict)
    _duties: dict[int, list[Duty]] = field(default_factory=dict)

    def give(self, person: int, block: Key, rotation: str, *, role: str = "") -> EditVerdicts:
        """What the rules say of the person working this block for this rotation, whatever they work it for now."""
        return self._judged(person, gone={block}, added=[self._duty(person, block, rotation, role)])

    def take(self, person: int, block: Key) -> EditVerdicts:
        """What they say of the person no longer working this block."""
        self._require(person, block)
        return self._judged(person, gone={block}, added=[])

    def move(self, person: int, block: Key, to: Key, rotation: str) -> EditVerdicts:
        """What they say of the person working another block instead of this one."""
        self._require(person, block)
        return self._judged(person, gone={block, to}, added=[self._duty(person, to, rotation, "")])

    def change(self, changes: Iterable[Change]) -> dict[int, EditVerdicts]:
        """What they say of these changes together, by person: a swap is four changes of two people."""
        gone: dict[int, set[Key]] = defaultdict(set)
        added: dict[int, list[Duty]] = defaultdict(list)
        for each in changes:
            gone[each.person].add((each.date, each.shift))
            if each.after is not None:
                added[each.person].append(self._duty(each.person, (each.date, each.shift), each.after, each.role))
        return {person: self._judged(person, gone[person], added[person]) for person in gone}

    def record(self, person: int) -> PersonRecord:
        """The person as the rules see them, around these dates: only windows of which every day was read."""
        if person not in self._records:
            whole = record_of(self.facts, self._person(person), self.plan, self._own(person))
            inside = tuple(each for each in whole.windows if self.since <= each.first and each.last <= self.until)
            self._records[person] = replace(whole, windows=inside)
        return self._records[person]

    def _judged(self, person: int, gone: set[Key], added: Sequence[Duty]) -> EditVerdicts:
        before = self.record(person)
        kept = [duty for duty in before.duties if duty.key not in gone]
        changed = [*added, *(duty for duty in before.duties if duty.key in gone)]
        team = self._team(person, changed)
        return verdicts_for_edit(before, replace(before, duties=(*kept, *added)), self.book, team=team)

    def _team(self, person: int, changed: Sequence[Duty]) -> list[PersonRecord]:
        """The others who are at work on the same supervised rotations about then."""
        rotations = (self.book.supervised_rotations or frozenset()) & {duty.rotation for duty in changed}
        if not rotations:
            return []
        first = min(duty.date for duty in changed) - NEAR
        last = max(duty.date for duty in changed) + NEAR
        found = []
        for other in self.turns:
            if other != person and other in self._people:
                there = [duty for duty in self._own(other) if first <= duty.date <= last and duty.rotation in rotations]
                if there:
                    found.append(PersonRecord(person_of(self.facts, self._people[other]), tuple(there)))
        return found

    def _own(self, person: int) -> list[Duty]:
        if person not in self._duties:
            self._duties[person] = [
                duty_of(self.facts, _worked(person, turn)) for turn in self.turns.get(person, {}).values()
            ]
        return self._duties[person]

    def _duty(self, person: int, block: Key, rotation: str, role: str) -> Duty:
        day, code = block
        shift_type = next((each for each in self.facts.shift_types.values() if each.code == code), None)
        if shift_type is None or rotation not in self._rotations:
            raise ValueError(f"There is no shift type {code} or no rotation {rotation} in this program.")
        if not self.first <= day <= self.last:
            raise ValueError(f"{day} is not within {self.first} to {self.last}, which was read.")
        shift_type.program = self.facts.schedule.program  # its times are in the program's zone: no query
        starts_at, ends_at = shift_type.instants(day)
        role = role or role_of(self._person(person), shift_type)
        key = self._rotations[rotation].pk
        return duty_of(self.facts, Worked(block, person, day, starts_at, ends_at, shift_type.pk, key, role))

    def _person(self, person: int) -> Person:
        if person not in self._people:
            raise ValueError(f"Person {person} does not belong to {self.facts.schedule}.")
        return self._people[person]

    def _require(self, person: int, block: Key) -> None:
        if block not in self.turns.get(self._person(person).pk, {}):
            raise ValueError(f"{self._person(person)} does not work {block[1]} on {block[0]}.")


def _worked(person: int, turn: Turn) -> Worked:
    day, _ = turn.key
    return Worked(turn.key, person, day, turn.starts_at, turn.ends_at, turn.shift_type, turn.rotation, turn.role)


def load(schedule: Schedule, first: date, last: date, *, facts: Facts | None = None) -> Judge:
    """The judge of changes to a schedule from first to last day, read in a constant number of queries.

    Pass `facts` where they are loaded already. Raises ValidationError where the program's rule settings are wrong.
    """
    facts = facts or facts_.load(schedule)
    since, until = _reach(facts, first, last)
    return Judge(
        facts=facts,
        plan=stored_plan(facts),
        book=replace(book_of(facts), supervised_rotations=_supervised(facts)),
        first=first,
        last=last,
        since=since,
        until=until,
        turns=_turns(facts, since, until),
        _people={person.pk: person for person in facts.people},
        _rotations={rotation.code: rotation for rotation in facts.rotations.values()},
    )


def _reach(facts: Facts, first: date, last: date) -> tuple[date, date]:
    """The days to read: the averaging windows of the edit, the one before, and the week after."""
    touched = [each for each in facts.periods if each.start_date <= last and each.end_date >= first]
    since = min([first - FOUR_WEEKS, *(each.start_date for each in touched)]) - WINDOW_BEFORE
    until = max([last + FOUR_WEEKS, *(each.end_date for each in touched)]) + WEEK
    return since, until


def _supervised(facts: Facts) -> frozenset[str]:
    """The rotations for which faculty are rostered anywhere in the schedule."""
    if book_of(facts).rule(SUPERVISION) is None:
        return frozenset()
    faculty = [person.pk for person in facts.people if person.type == Person.Type.FACULTY]
    rows = Assignment.objects.filter(schedule=facts.schedule, person__in=faculty).order_by()
    return frozenset(facts.rotations[key].code for key in rows.values_list("rotation_id", flat=True).distinct())


def _turns(facts: Facts, since: date, until: date) -> dict[int, dict[Key, Turn]]:
    """Who works what from `since` to `until`: in this schedule, and before it in the one published then."""
    codes = {pk: shift_type.code for pk, shift_type in facts.shift_types.items()}
    rows = Block.objects.filter(shift_type__in=codes, date__range=(since, until)).order_by()
    blocks = {row[0]: row for row in rows.values_list("pk", "date", "shift_type_id", "starts_at", "ends_at")}
    sources = [(facts.schedule, facts.first, facts.last)]
    if since < facts.first and (before := schedule_before(facts.schedule)) is not None:
        sources.append((before, since, facts.first - timedelta(days=1)))
    found: dict[int, dict[Key, Turn]] = defaultdict(dict)
    for schedule, from_day, to_day in sources:
        # By the blocks' keys: the index of (block, schedule) then gives these days alone.
        there = [pk for pk, row in blocks.items() if from_day <= row[1] <= to_day]
        taken = Assignment.objects.filter(schedule=schedule, block__in=there).order_by()
        is_own = schedule == facts.schedule
        for pk, person, block, rotation, role, pinned in taken.values_list(
            "pk", "person_id", "block_id", "rotation_id", "role", "is_pinned"
        ):
            _, day, shift, starts_at, ends_at = blocks[block]
            key = (day, codes[shift])
            found[person][key] = Turn(pk if is_own else None, key, starts_at, ends_at, shift, rotation, role, pinned)
    return found
