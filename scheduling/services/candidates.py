"""Sick call: the blocks that somebody who is away cannot work, and who could take each of them, best first.

People on backup come first, then those of whom no rule is broken; among these, who leaves nothing short behind, then
who has worked least beside the fair share, then who owes shifts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from django.db.models import Q

from absences.models import Absence
from people.models import Person
from scheduling.models import Assignment, Rotation, Schedule
from scheduling.services import facts as facts_
from scheduling.services import judging
from scheduling.services.attendance import Attendance, attendance
from scheduling.services.backups import Turn, turns
from scheduling.services.candidate import BREAKS, Candidate, Ranked
from scheduling.services.changes import Change
from scheduling.services.checking import Worked
from scheduling.services.cover_ledger import balances as owed_shifts
from scheduling.services.facts import Facts
from scheduling.services.fairness import Balance, balances
from scheduling.services.house_rules import HouseRules, can_be_called, house_rules, is_used_up
from scheduling.services.judging import Judge
from scheduling.services.staffing import needs_of

DAY = timedelta(days=1)


def lost_blocks(schedule: Schedule, absence: Absence, now: datetime) -> list[Turn]:
    """What a leave takes away from now on, in order of time (1 query). The person's program is fetched with it.

    A night belongs to the date on which it starts, so one that somebody fell ill in is lost too.
    """
    days = Q(block__date__range=(absence.start_date, absence.end_date))
    fell_ill = Q(
        block__date=absence.start_date - DAY,
        block__starts_at__lte=absence.created_at,
        block__ends_at__gt=absence.created_at,
    )
    rows = Assignment.objects.filter(days | fell_ill, schedule=schedule, person=absence.person_id)
    return turns(absence.person.program, rows.filter(block__ends_at__gt=now))


def candidates(schedule: Schedule, lost: Sequence[Turn], now: datetime, *, enough: int | None = None) -> list[Ranked]:
    """Each of these blocks (at least one) with everybody who could take it, best first.

    With `enough`, at least so many of those who break no must, if there are, and the others in `Ranked.more`: quicker.
    23 queries, whatever the size of the program. Raises ValidationError where the program's settings are wrong.
    """
    facts = facts_.load(schedule)
    days = [turn.date for turn in lost]
    judge = judging.load(schedule, min(days) - DAY, max(days) + DAY, facts=facts, only_brought=True)
    near = {day + offset * DAY for day in days for offset in (-1, 0, 1)}
    there = attendance(judge, needs_of(facts.schedule.program), near)
    fair = balances(schedule, facts=facts)
    owed = owed_shifts(facts.schedule.program)
    house = house_rules(facts)
    return [_ranked(_Case(judge, there, house, fair, owed, turn, now), enough) for turn in lost]


def judge_one(schedule: Schedule, turn: Turn, person: int, now: datetime) -> Candidate | None:
    """The person as a candidate for this block; None where they cannot be one: not there, away, or at work in it."""
    return judge_some(schedule, [(turn, person)], now)[0]


def judge_some(schedule: Schedule, asked: Sequence[tuple[Turn, int]], now: datetime) -> list[Candidate | None]:
    """The same of these blocks (at least one) and people, each by themself, read at once."""
    days = [turn.date for turn, _ in asked]
    judge = judging.load(schedule, min(days) - DAY, max(days) + DAY)
    near = {day + offset * DAY for day in days for offset in (-1, 0, 1)}
    there = attendance(judge, needs_of(judge.facts.schedule.program), near)
    house = house_rules(judge.facts)
    people = {person.pk: person for person in judge.facts.people}
    found: list[Candidate | None] = []
    for turn, key in asked:
        case, person = _Case(judge, there, house, {}, {}, turn, now), people.get(key)
        if person is None or not case.could(person):
            found.append(None)
        else:
            found.append(_judged(case, _candidate(case, person)))
    return found


@dataclass(frozen=True, slots=True)
class _Case:
    """A lost block before those who could take it."""

    judge: Judge
    there: Attendance
    house: HouseRules
    fair: Mapping[int, Balance]
    owed: Mapping[int, int]
    turn: Turn
    now: datetime

    @property
    def spot(self) -> tuple[date, int]:
        return self.turn.date, self.turn.shift_type.pk

    @property
    def key(self) -> judging.Key:
        return self.turn.date, self.turn.shift_type.code

    @property
    def near(self) -> list[judging.Key]:
        """The blocks from the day before to the day after."""
        days = [self.turn.date + offset * DAY for offset in (-1, 0, 1)]
        return [(day, shift_type.code) for day in days for shift_type in self.judge.facts.shift_types.values()]

    def could(self, person: Person) -> bool:
        """Whether somebody comes into question: there, not away, not at work in this very block, and counted in it."""
        facts, day, absent = self.judge.facts, self.turn.date, self.turn.person
        own = self.judge.turns.get(person.pk, {}).get(self.key)
        is_called = own is not None and can_be_called(facts, own, self.turn.shift_type)
        is_there_already = own is not None and not is_called and own.rotation == self.turn.rotation.pk
        placed = _placed(self, person)
        return (
            person.pk != absent.pk
            and person.type == absent.type
            and facts.employed(person, day, day) is not None
            and not facts.leave_days(person, day, day)
            and not (placed is not None and placed.is_vacation)
            and not is_there_already
            and self.there.counts(person.pk, self.spot, self.turn.rotation.pk)
        )


def _ranked(case: _Case, enough: int | None) -> Ranked:
    """Everybody, or the best of those who can.

    The rules are asked about one after the other, since that takes the longest. What they say can only put somebody
    further back: whoever of those asked comes before the next one in line comes before all that are left.
    """
    people = [person for person in case.judge.facts.people if case.could(person)]
    line = sorted((_candidate(case, person) for person in people), key=lambda each: each.order)
    asked: list[Candidate] = []
    for place, following in enumerate(line):
        if enough is not None and _able_before(asked, following) >= enough:
            left = line[place:]
            break
        asked.append(_judged(case, following))
    else:
        left = []
    blocked = [each for each in left if each.blocked]
    return Ranked(
        turn=case.turn,
        short=case.there.short_without(case.turn.person.pk, case.spot, case.turn.rotation.pk),
        candidates=sorted([*asked, *blocked], key=lambda each: each.order),
        more=len(left) - len(blocked),
    )


def _able_before(asked: Iterable[Candidate], following: Candidate) -> int:
    return sum(1 for each in asked if each.verdict < BREAKS and each.order < following.order)


@dataclass(slots=True)
class _Beside:
    """What somebody works about then that stands in the way: what they give up, and what they cannot."""

    changes: list[Change] = field(default_factory=list)
    gives_up: list[str] = field(default_factory=list)
    leaves_short: list[str] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)
    is_on_backup: bool = False


def _candidate(case: _Case, person: Person) -> Candidate:
    """The person, before the rules are asked."""
    lost, beside = case.turn, _beside(case, person)
    still_short = case.there.short_without(lost.person.pk, case.spot, lost.rotation.pk, instead=person.pk)
    over, fairness = _fairness(case, case.fair.get(person.pk))
    placed = _placed(case, person)
    return Candidate(
        person=person,
        level=case.judge.facts.rank(person, lost.date).label,
        placed=placed.name if placed else "",
        is_on_backup=beside.is_on_backup,
        changes=beside.changes,
        gives_up=beside.gives_up,
        leaves_short=[*still_short, *beside.leaves_short],
        blocked=beside.blocked,
        outside_plan="" if beside.is_on_backup else _outside_plan(case, person, placed),
        brought=(),
        over=over,
        fairness=fairness,
        owed=case.owed.get(person.pk, 0),
    )


def _beside(case: _Case, person: Person) -> _Beside:
    facts, lost, found = case.judge.facts, case.turn, _Beside()
    if (person.pk, *case.spot) in case.house.ruled_out:
        found.blocked.append("is ruled out for this block by hand")
    for own in filter(None, map(case.judge.turns.get(person.pk, {}).get, case.near)):
        if can_be_called(facts, own, lost.shift_type):
            if is_used_up(facts, own, lost.shift_type, lost.starts_at, lost.ends_at):
                found.is_on_backup = found.is_on_backup or own.starts_at <= lost.starts_at
                found.changes.append(_given_up(facts, person, own))
        elif reason := case.house.conflict(own, lost):
            name, shift = facts.rotations[own.rotation].name, facts.shift_types[own.shift_type].name.lower()
            words = f"{name}, {shift} on {own.day:%a %-d %b}"
            if not _is_of(facts, own) or own.starts_at <= case.now:
                found.blocked.append(f"{reason} {words}")
            else:
                found.changes.append(_given_up(facts, person, own))
                found.gives_up.append(words)
                found.leaves_short += case.there.short_without(person.pk, (own.day, own.shift_type), own.rotation)
    return found


def taken(person: int, turn: Turn, given_up: Iterable[Change]) -> list[Change]:
    """The changes of whoever takes the block: it, and what they give up."""
    given = list(given_up)
    same = [each for each in given if (each.date, each.shift) == (turn.date, turn.shift_type.code)]
    before = same[0].before if same else None
    gain = Change(person, turn.date, turn.shift_type.code, before, turn.rotation.code)
    return [gain, *(each for each in given if each not in same)]


def _judged(case: _Case, one: Candidate) -> Candidate:
    """The same with what the rules say; of somebody who cannot be there anyhow they are not asked."""
    if one.blocked:
        return one
    person = one.person.pk
    return replace(one, brought=case.judge.change(taken(person, case.turn, one.changes))[person].brought)


def _given_up(facts: Facts, person: Person, own: Worked) -> Change:
    shift, rotation = facts.shift_types[own.shift_type].code, facts.rotations[own.rotation].code
    return Change(person.pk, own.day, shift, rotation, None)


def _is_of(facts: Facts, own: Worked) -> bool:
    """Whether a block is this schedule's: what was published before it stays as it was."""
    return facts.first <= own.day <= facts.last


def _placed(case: _Case, person: Person) -> Rotation | None:
    """The rotation of the plan on that day."""
    facts = case.judge.facts
    for place, period in enumerate(facts.periods):
        if period.covers(case.turn.date):
            code = case.judge.plan.get((person.code, place))
            return next((each for each in facts.rotations.values() if each.code == code), None)
    return None


def _outside_plan(case: _Case, person: Person, placed: Rotation | None) -> str:
    """That the plan has them nowhere, or on a rotation that is not called to this block, in a sentence; else blank."""
    wanted = case.turn.rotation
    if placed is None:
        return f"{person} is placed on nothing in this period."
    if placed.pk == wanted.pk:
        return ""
    if case.house.calls(placed, case.turn, case.judge.facts.rank(person, case.turn.date).level):
        return ""
    return f"{placed} is not called to {wanted} otherwise."


def _fairness(case: _Case, balance: Balance | None) -> tuple[float, str]:
    """What they have worked beyond their fair share of what this block counts for, for the order and in words."""
    if balance is None:
        return 0.0, ""
    counted: list[tuple[float, str]] = []
    if case.turn.shift_type.is_night:
        counted.append((balance.over("nights"), "night"))
    if case.turn.date.weekday() >= 5:
        counted.append((balance.over("weekends"), "weekend"))
    if case.turn.date in case.judge.facts.holidays:
        counted.append((balance.over("holidays"), "holiday"))
    if not counted:
        counted.append((balance.over("minutes") / 60, "hour"))
    return sum(over for over, _ in counted), "; ".join(_share(over, name) for over, name in counted)


def _share(over: float, name: str) -> str:
    amount = round(abs(over)) if name == "hour" else round(abs(over), 1)
    if not amount:
        return f"at the fair share of {name}s"
    return f"{amount:g} {name}{'' if amount == 1 else 's'} {'above' if over > 0 else 'below'} the fair share"
