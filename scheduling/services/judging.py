"""What the rules say of a change before it is made: read once around its dates, then asked as often as one likes.

    judge = load(schedule, day, day)
    judge.give(person.pk, (day, "N"), "WA").is_allowed

The answers are those of checking the whole schedule before and after, within limits that no sound schedule comes to:
a run of more than four weeks is measured as far as was read, and of somebody who is free for the first two weeks of an
averaging window the one before is not judged again.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from people.models import Person
from people.prepared import prepared
from scheduling.models import Assignment, Rotation, Schedule
from scheduling.rules import Duty, EditVerdicts, PersonRecord, Rulebook, Window, verdicts_for_edit
from scheduling.rules.check import SUPERVISION
from scheduling.services import facts as facts_
from scheduling.services.changes import Change
from scheduling.services.checking import Worked, book_of, duty_of, person_of, record_of
from scheduling.services.facts import Facts
from scheduling.services.holding import Placed
from scheduling.services.judged_turns import DAY, Key, turns_near, turns_of
from scheduling.services.month_held import Held
from scheduling.services.roster_build import Plan, stored_plan
from scheduling.services.sheet import role_of

FOUR_WEEKS = timedelta(days=28)
RUN = FOUR_WEEKS  # runs of days are followed so far back, and on
FAR = timedelta(days=70)  # a window with the one before it, or after it, and some days
# So near to the end of a window or to its start, a change may be felt in the next one or in the one before.
BEFORE_ITS_END = timedelta(days=2)
AFTER_ITS_START = timedelta(days=14)
# What is known of further windows: days enough for a week and a free day over the edge, too few to owe a free day.
EDGE = timedelta(days=6)
NEAR = timedelta(days=2)  # the days around a duty on which others may be at work with it


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
    turns: Mapping[int, Mapping[Key, Worked]]  # by person, then block
    only_brought: bool
    _people: Mapping[int, Person]
    _rotations: Mapping[str, Rotation]
    _bare: Mapping[int, PersonRecord]  # without their duties
    _records: dict[int, PersonRecord] = field(default_factory=dict)
    _duties: dict[int, list[Duty]] = field(default_factory=dict)
    _teams: dict[tuple[tuple[date, date], frozenset[str]], list[PersonRecord]] = field(default_factory=dict)
    _answers: dict[tuple[bool, int, frozenset[Key], tuple[Duty, ...]], EditVerdicts] = field(default_factory=dict)

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
        """The person as the rules see them, as far as it matters to changes of these dates."""
        if person not in self._records:
            if person not in self._bare:
                raise ValueError(f"{self._person(person)} is not one of those whose changes are judged here.")
            self._records[person] = replace(self._bare[person], duties=tuple(self._own(person)))
        return self._records[person]

    def _judged(self, person: int, gone: set[Key], added: Sequence[Duty]) -> EditVerdicts:
        """Judged once: wherever a duty is carried to, its person is without it."""
        asked = (self.only_brought, person, frozenset(gone), tuple(added))
        if asked not in self._answers:
            self._answers[asked] = self._judge(person, gone, added)
        return self._answers[asked]

    def _judge(self, person: int, gone: set[Key], added: Sequence[Duty]) -> EditVerdicts:
        before = self.record(person)
        kept = [duty for duty in before.duties if duty.key not in gone]
        changed = [*added, *(duty for duty in before.duties if duty.key in gone)]
        team = self._team(person, changed)
        after = replace(before, duties=(*kept, *added))
        return verdicts_for_edit(before, after, self.book, team=team, only_brought=self.only_brought)

    def _team(self, person: int, changed: Sequence[Duty]) -> list[PersonRecord]:
        """The others who are at work on the same supervised rotations about then."""
        rotations = (self.book.supervised_rotations or frozenset()) & {duty.rotation for duty in changed}
        if not rotations:
            return []
        days = min(duty.date for duty in changed) - NEAR, max(duty.date for duty in changed) + NEAR
        if (days, rotations) not in self._teams:
            self._teams[days, rotations] = list(self._at_work(*days, rotations))
        return [record for record in self._teams[days, rotations] if record.person.id != person]

    def _at_work(self, first: date, last: date, rotations: frozenset[str]) -> Iterator[PersonRecord]:
        for person in self._people.values():
            there = [duty for duty in self._own(person.pk) if first <= duty.date <= last and duty.rotation in rotations]
            if there:
                yield PersonRecord(person_of(self.facts, person), tuple(there))

    def _own(self, person: int) -> list[Duty]:
        if person not in self._duties:
            self._duties[person] = [duty_of(self.facts, turn) for turn in self.turns.get(person, {}).values()]
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


def load(
    schedule: Schedule,
    first: date,
    last: date,
    *,
    facts: Facts | None = None,
    only_brought: bool = False,
    people: Collection[int] | None = None,
    has_others: bool = True,
    book: Rulebook | None = None,
    held: Held | None = None,
    placed: Placed | None = None,
) -> Judge:
    """The judge of changes to a schedule from first to last day, read in a constant number of queries.

    Pass `facts` where they are loaded already, and the `book` of their program. With `only_brought` nothing is said
    of what changes resolve, which is quicker; with `people` only changes of these are judged, and of the others only
    the days near by are read: without `has_others`, where supervision is judged alone. What is `held` of these is not
    read again, nor their rows of the plan where they are `placed`.
    Raises ValidationError where the program's rule settings are wrong.
    """
    facts = facts or facts_.load(schedule)
    book = book or book_of(facts)
    plan = stored_plan(facts, people, placed)
    near, plan_near = _near(facts, plan, first, last)
    judged = [key for key in facts.by_key if people is None or key in people]
    bare = {key: _bare(near, facts.by_key[key], plan_near, first, last) for key in judged}
    windows = [window for record in bare.values() for window in record.windows]
    since = min([first - RUN, *(window.first for window in windows)]) - NEAR
    until = max([last + RUN, *(window.last for window in windows)]) + NEAR
    supervised = _supervised(facts) if book.rule(SUPERVISION) else frozenset()
    if people is None or has_others or supervised:
        turns = turns_near(facts, since, until, people, (first - NEAR - DAY, last + NEAR))
    else:
        turns = turns_of(facts, since, until, people, held)
    return Judge(
        facts=facts,
        plan=plan,
        book=replace(book, supervised_rotations=supervised),
        first=first,
        last=last,
        since=since,
        until=until,
        turns=turns,
        only_brought=only_brought,
        _people=facts.by_key,
        _rotations={rotation.code: rotation for rotation in facts.rotations.values()},
        _bare=bare,
    )


def _near(facts: Facts, plan: Plan, first: date, last: date) -> tuple[Facts, Plan]:
    """The periods that matter, and the plan in them. Where periods are short, windows depend on the whole plan."""
    if any(each.end_date - each.start_date < FOUR_WEEKS - DAY for each in facts.periods):
        return facts, plan
    places = [
        place
        for place, each in enumerate(facts.periods)
        if each.start_date <= last + FAR and each.end_date >= first - FAR
    ]
    if not places:
        return facts, plan
    periods = facts.periods[places[0] : places[-1] + 1]
    kept = {(code, place - places[0]): on for (code, place), on in plan.items() if places[0] <= place <= places[-1]}
    return replace(facts, periods=periods), kept


def _bare(facts: Facts, person: Person, plan: Plan, first: date, last: date) -> PersonRecord:
    """The person's record without duties, and with the windows that a change of these dates can be felt in."""
    record = record_of(facts, person, plan, ())
    touched = [each for each in record.windows if each.first <= last + DAY and each.last >= first]
    if not touched:
        return record
    low, high = touched[0].first, touched[-1].last
    if first - low < AFTER_ITS_START:
        low = max((each.first for each in record.windows if each.last < low), default=low)
    if high - last < BEFORE_ITS_END:
        high = min((each.last for each in record.windows if each.first > high), default=high)
    from_day, to_day = low - EDGE, high + EDGE
    near = (each for each in record.windows if each.first <= to_day and each.last >= from_day)
    cut = (Window(max(each.first, from_day), min(each.last, to_day), each.rotation) for each in near)
    return replace(record, windows=tuple(cut))


def _supervised(facts: Facts) -> frozenset[str]:
    """The rotations for which faculty are rostered anywhere in the schedule."""
    faculty = [person.pk for person in facts.people if person.type == Person.Type.FACULTY]
    if not faculty:
        return frozenset()
    return frozenset(facts.rotations[key].code for (key,) in _rotations_of(facts.schedule.pk, faculty))


@prepared
def _rotations_of(schedule: int, people: Sequence[int]) -> QuerySet[Any, Any]:
    rows = Assignment.objects.filter(schedule=schedule, person__in=people).order_by()
    return rows.values_list("rotation_id").distinct()
