"""Who can work a block, and the one fact that keeps everybody else out of it.

Facts come in order of precedence (`Reason`): somebody on leave is said to be on leave, whatever else may be in the way.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from people.models import FACULTY_LEVEL, Person
from people.standing import Rank
from scheduling.rules import EditVerdicts
from scheduling.services.changes import Change
from scheduling.services.checking import Worked
from scheduling.services.facts import Facts
from scheduling.services.house_rules import can_be_called, is_off_after, is_used_up, may_not_follow
from scheduling.services.slot_case import DAY, Case, asked_of
from scheduling.services.staffing import Need


class Reason(IntEnum):
    """What keeps somebody out of a block, what is decided first coming first."""

    GONE = 1
    LEAVE = 2
    THERE = 3
    LEVEL = 4
    PLACED = 5
    FORBIDDEN = 6
    BUSY = 7
    RULE = 8
    POST_CALL = 9
    COULD = 10

    @property
    def title(self) -> str:
        return TITLES[self]


TITLES = {
    Reason.GONE: "Not with the program then",
    Reason.LEAVE: "On leave",
    Reason.THERE: "There already",
    Reason.LEVEL: "Not counted here: level or track",
    Reason.PLACED: "Placed elsewhere",
    Reason.FORBIDDEN: "Ruled out by hand",
    Reason.BUSY: "At work elsewhere",
    Reason.RULE: "A rule forbids it",
    Reason.POST_CALL: "Post-call",
    Reason.COULD: "Could take it",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One person and the block. `sentence` is the fact, without their name; `price` is that of cross-cover."""

    person: Person
    level: str
    placed: str
    reason: Reason
    sentence: str
    advisories: Sequence[str] = ()
    price: float | None = None

    @property
    def order(self) -> tuple[int, int, float, str]:
        return -self.reason, len(self.advisories), self.price or 0, self.person.name


def facts_of(case: Case) -> list[Fact]:
    """Everybody's fact, those who could take the block first, then by how near they are to it."""
    return sorted((fact_of(case, person) for person in case.facts.people), key=lambda fact: fact.order)


def fact_of(case: Case, person: Person) -> Fact:
    """The one fact on this person and the block."""
    rank = case.facts.rank(person, case.day)
    placed = case.placed(person)
    cover = None if placed is None or placed.pk == case.rotation.pk else case.cover(person, placed)
    price = cover.price if cover else None
    name = placed.name if placed else ""
    for reason, find in CHECKS:
        sentence = find(case, person)
        if sentence:
            return Fact(person, rank.label, name, reason, sentence, price=price)
    verdicts = _verdicts(case, person)
    for verdict in verdicts.brought:
        if verdict.is_violation:
            source = f"{verdict.label}, {verdict.clause}" if verdict.clause else verdict.label
            return Fact(person, rank.label, name, Reason.RULE, f"{verdict.sentence} ({source})", price=price)
    if sentence := _post_call(case, person):
        return Fact(person, rank.label, name, Reason.POST_CALL, sentence, price=price)
    advisories = [verdict.sentence for verdict in verdicts.brought]
    how = f"Placed on {name}, which covers {case.rotation.name} then" if cover else f"Placed on {name}"
    if _used_up(case, person):
        how += "; on backup then, which it uses up"
    return Fact(person, rank.label, name, Reason.COULD, how, advisories, price)


def is_in_question(case: Case, person: Person) -> bool:
    """Whether somebody belongs to those who work such blocks, whatever keeps them from this one."""
    return not (_gone(case, person) or _not_counted(case, person) or _placed_elsewhere(case, person))


def _verdicts(case: Case, person: Person) -> EditVerdicts:
    return case.judge.change(taking(case, person))[person.pk]


def taking(case: Case, person: Person) -> list[Change]:
    """What changes where the person takes the block: the backup that they are called from ends."""
    day, shift = case.key
    own = case.judge.turns.get(person.pk, {}).get(case.key)
    before = case.facts.rotations[own.rotation].code if own else None
    return [
        Change(person.pk, day, shift, before, case.rotation.code),
        *(_ended(case, person, turn) for turn in _used_up(case, person) if turn.key != case.key),
    ]


def _ended(case: Case, person: Person, turn: Worked) -> Change:
    shift, rotation = case.facts.shift_types[turn.shift_type], case.facts.rotations[turn.rotation]
    return Change(person.pk, turn.day, shift.code, rotation.code, None)


def _used_up(case: Case, person: Person) -> list[Worked]:
    turns = case.judge.turns.get(person.pk, {}).values()
    return [turn for turn in turns if is_used_up(case.facts, turn, case.shift_type, *case.instants)]


def _gone(case: Case, person: Person) -> str:
    if case.facts.employed(person, case.day, case.day):
        return ""
    if person.start_date and case.day < person.start_date:
        return f"Comes on {person.start_date:%a %-d %b %Y}"
    return f"Left on {person.end_date:%a %-d %b %Y}"


def _on_leave(case: Case, person: Person) -> str:
    for absence in case.facts.absences.get(person.pk, ()):
        if absence.start_date <= case.day <= absence.end_date:
            kind = absence.get_kind_display().capitalize() if case.tells_kind else "On leave"
            return f"{kind}, {_span(absence.start_date, absence.end_date)}"
    placed = case.placed(person)
    return "On vacation by the year plan" if placed and placed.is_vacation else ""


def _there(case: Case, person: Person) -> str:
    turn = case.judge.turns.get(person.pk, {}).get(case.key)
    if turn is None or turn.rotation != case.rotation.pk or _can_be_called(case, turn):
        return ""
    return f"Works it{' (pinned)' if turn.is_pinned else ''}"


def _not_counted(case: Case, person: Person) -> str:
    """Where staffing lacks somebody, those count who would help; else whoever any line of it counts."""
    rank = case.facts.rank(person, case.day)
    lines = case.staffing.wanted(case.spot, case.rotation.pk)
    if not lines:
        return f"{rank.label}, and nobody is asked for" if rank.level == FACULTY_LEVEL else ""
    short = [line for line, asked in zip(lines, asked_of(case), strict=True) if asked.short]
    if any(line[0].counts(rank) for line in short or lines):
        return ""
    wanted = dict.fromkeys(_wanted(line[0]) for line in short or lines)
    return f"{rank.label}; asked for: {' or '.join(wanted)}"


def _wanted(need: Need) -> str:
    """Whom a rule of staffing counts."""
    ranks = sorted((Rank(level) for level in need.levels), key=lambda rank: rank.order)
    levels = " or ".join(rank.label for rank in ranks) or "residents"
    tracks = " or ".join(sorted(need.excluded_tracks))
    return f"{levels} not of {tracks}" if tracks else levels


def _placed_elsewhere(case: Case, person: Person) -> str:
    placed = case.placed(person)
    if placed is None:
        return "Placed on nothing in this period"
    if placed.pk == case.rotation.pk:
        return ""
    if case.cover(person, placed) is None:
        return f"Placed on {placed.name}, which does not cover {case.rotation.name} then"
    return ""


def _ruled_out(case: Case, person: Person) -> str:
    return "Ruled out for this block by hand" if person.pk in case.forbidden else ""


def _busy(case: Case, person: Person) -> str:
    """Another block at that time, or on that day without joining this one. Who is on backup can be called."""
    starts_at, ends_at = case.instants
    for turn in case.judge.turns.get(person.pk, {}).values():
        if _can_be_called(case, turn) or abs((turn.day - case.day).days) > 1:
            continue
        overlaps = turn.starts_at < ends_at and starts_at < turn.ends_at
        same_day = turn.day == case.day and not _joins(case, turn)
        if overlaps or same_day:
            when = "then" if overlaps else "on that day"
            return f"Works {_words(case.facts, turn)} {when} ({'pinned' if turn.is_pinned else 'not pinned'})"
    return ""


def _post_call(case: Case, person: Person) -> str:
    """The day after a night or a 24-hour call is off, and what the program says may not follow what."""
    for turn in case.judge.turns.get(person.pk, {}).values():
        if turn.day == case.day - DAY and is_off_after(case.facts, turn, case.shift_type):
            return f"Comes from {_words(case.facts, turn)} on {turn.day:%a %-d %b}"
        if turn.day == case.day + DAY and may_not_follow(case.facts, turn, case.shift_type):
            return f"Works {_words(case.facts, turn)} on {turn.day:%a %-d %b}, which may not follow"
    return ""


CHECKS: Sequence[tuple[Reason, Callable[[Case, Person], str]]] = (
    (Reason.GONE, _gone),
    (Reason.LEAVE, _on_leave),
    (Reason.THERE, _there),
    (Reason.LEVEL, _not_counted),
    (Reason.PLACED, _placed_elsewhere),
    (Reason.FORBIDDEN, _ruled_out),
    (Reason.BUSY, _busy),
)


def _can_be_called(case: Case, turn: Worked) -> bool:
    return can_be_called(case.facts, turn, case.shift_type)


def _joins(case: Case, turn: Worked) -> bool:
    other = case.facts.shift_types[turn.shift_type]
    return case.shift_type in other.joins.all() or other in case.shift_type.joins.all()


def _words(facts: Facts, turn: Worked) -> str:
    return f"{facts.rotations[turn.rotation].name}, {facts.shift_types[turn.shift_type].name.lower()}"


def _span(first: date, last: date) -> str:
    return f"{first:%-d %b}" if first == last else f"{first:%-d %b} to {last:%-d %b}"
