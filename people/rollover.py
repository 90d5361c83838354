"""The people's part of a new academic year: who moves up, graduates, stays or leaves, decided person by person.

Pure: what people are goes in, what has to be written comes out. A change holds from a day of the new year on, so that
nothing said of an earlier day is different afterwards.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

DAY = timedelta(days=1)
ALWAYS = date(1900, 1, 1)  # what somebody of no known first day has been since


class Fate(StrEnum):
    """What becomes of a person as the new year begins."""

    PROMOTED = "promoted"
    LATER = "later"
    STAYS = "stays"
    GRADUATES = "graduates"
    LEAVES = "leaves"


ENDS = frozenset({Fate.GRADUATES, Fate.LEAVES})
# Faculty have no level: they stay or leave.
FATES_OF_FACULTY = (Fate.STAYS, Fate.LEAVES)


@dataclass(frozen=True, slots=True)
class Stand:
    """What a person is from a day on. `level` is None for faculty, and for a resident of whom none is known."""

    since: date
    level: int | None
    track: str = ""
    cohort: str = ""
    share: Decimal = Decimal(1)

    @property
    def label(self) -> str:
        """As grids call the group, such as "PGY-1 NEURO"."""
        name = f"PGY-{self.level}" if self.level else "no level"
        return f"{name} {self.track}" if self.track else name


@dataclass(frozen=True, slots=True)
class Member:
    """A person at the boundary: what they are on the day before the new year, and what is recorded for later."""

    pk: int
    code: str
    name: str
    is_resident: bool
    before: Stand
    recorded: Sequence[Stand] = ()  # from the first day of the new year on, in order
    # What only the person's own row says of the days before all that is recorded: one day that row is the newest.
    unrecorded: Stand | None = None
    moved: date | None = None  # the last day within the old year on which their level changed
    start: date | None = None
    end: date | None = None
    is_chief: bool = False
    is_active: bool = True

    @property
    def label(self) -> str:
        return self.before.label if self.is_resident else "Faculty"


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided for one person. `day`: of a later promotion, or the last one of somebody who goes."""

    person: int
    fate: Fate
    day: date | None = None
    level: int | None = None
    track: str = ""
    cohort: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What is written for one person: standings (each with what its day had recorded), a baseline, a last day."""

    member: Member
    decision: Decision
    standings: Sequence[tuple[Stand, Stand | None]] = ()
    baseline: Stand | None = None
    end: date | None = None

    @property
    def is_empty(self) -> bool:
        return not self.standings and self.end is None


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who joins."""

    name: str
    email: str
    level: int
    start: date
    code: str
    cohort: str = ""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The new year's days, and by track the level after which people graduate ("" holds for tracks without one)."""

    first: date
    last: date
    finals: Mapping[str, int] = field(default_factory=dict)

    def final(self, track: str) -> int | None:
        return self.finals.get(track, self.finals.get(""))


def propose(member: Member, bounds: Bounds) -> Decision:
    """What happens to most people like this one; what is recorded for the new year already comes first."""
    now = member.before
    same = Decision(member.pk, Fate.STAYS, None, now.level, now.track, now.cohort)
    if not member.is_resident or now.level is None or (member.start and member.start >= bounds.first):
        return same
    ups = [each for each in member.recorded if each.since <= bounds.last and each.level not in (None, now.level)]
    if ups:
        up, later = ups[0], ups[0].since > bounds.first
        fate, day = (Fate.LATER, up.since) if later else (Fate.PROMOTED, None)
        return replace(same, fate=fate, day=day, level=up.level, track=up.track, cohort=up.cohort)
    final = bounds.final(now.track)
    anniversary = _anniversary(member, bounds)
    if final is not None and now.level >= final:
        return replace(same, fate=Fate.GRADUATES, day=(anniversary or bounds.first) - DAY)
    if anniversary is not None:
        return replace(same, fate=Fate.LATER, day=anniversary, level=now.level + 1)
    return replace(same, fate=Fate.PROMOTED, level=now.level + 1)


def _anniversary(member: Member, bounds: Bounds) -> date | None:
    """The day in the new year on which somebody off-cycle has been a year at their level; None for all others."""
    if member.moved is None:
        return None
    year = member.moved.year + 1
    day = member.moved.replace(year=year) if (member.moved.month, member.moved.day) != (2, 29) else date(year, 3, 1)
    return day if bounds.first < day <= bounds.last else None


def problems(member: Member, decision: Decision, bounds: Bounds) -> list[tuple[str, str]]:
    """What is wrong with a decision: the field (fate, day, level) and a sentence. Empty where it can be done."""
    found = []
    fate, day, level = decision.fate, decision.day, decision.level
    if not member.is_resident and fate not in FATES_OF_FACULTY:
        found.append(("fate", "Faculty have no level: they stay or leave."))
    if fate is Fate.LATER and (day is None or not bounds.first < day <= bounds.last):
        found.append(
            ("day", f"A later promotion needs its day, from {said(bounds.first + DAY)} to {said(bounds.last)}.")
        )
    if fate in ENDS and day is not None and not bounds.first - DAY <= day <= bounds.last:
        found.append(("day", f"The last day lies from {said(bounds.first - DAY)} to {said(bounds.last)}."))
    elif fate in ENDS and member.start and (day or bounds.first - DAY) < member.start:
        found.append(("day", f"The last day is before the first, {said(member.start)}."))
    if fate in (Fate.PROMOTED, Fate.LATER) and member.is_resident:
        if level is None:
            found.append(("level", "Say to which PGY level, such as 2."))
        elif level == member.before.level:
            found.append(("level", f"PGY-{level} is what they are: choose “stays”, or another level."))
    return found


def change(member: Member, decision: Decision, bounds: Bounds) -> Change:
    """What a decision without problems writes; nothing of it is about a day before the new year."""
    ends = decision.fate in ENDS
    last = (decision.day or bounds.first - DAY) if ends else None
    there_from = max(bounds.first, member.start or bounds.first)
    wanted: dict[date, Stand] = {}
    if last is None or last >= there_from:
        recorded = {each.since: each for each in member.recorded if each.since <= bounds.last}
        days = {there_from, *recorded}
        if decision.fate is Fate.LATER and decision.day:
            days.add(decision.day)
        share = member.before.share
        for day in sorted(days):
            share = recorded[day].share if day in recorded else share
            wanted[day] = Stand(day, _level(member, decision, day), decision.track, decision.cohort, share)
    standings = _differing(member, wanted)
    return Change(
        member=member,
        decision=decision,
        standings=standings,
        baseline=member.unrecorded if standings else None,
        end=last if last != member.end else None,
    )


def _level(member: Member, decision: Decision, day: date) -> int | None:
    if not member.is_resident:
        return None
    moved = decision.fate is Fate.PROMOTED or (
        decision.fate is Fate.LATER and decision.day is not None and decision.day <= day
    )
    return decision.level if moved else member.before.level


def _differing(member: Member, wanted: Mapping[date, Stand]) -> list[tuple[Stand, Stand | None]]:
    """The standings that say something new: other than what is recorded on the day, or than what holds until it."""
    recorded = {each.since: each for each in member.recorded}
    found = []
    until = member.before
    for day, stand in wanted.items():
        old = recorded.get(day)
        if stand != old and (old is not None or replace(until, since=day) != stand):
            found.append((stand, old))
        until = stand
    return found


def said(day: date) -> str:
    return f"{day:%-d %b %Y}"


def sentence(made: Change, bounds: Bounds) -> str:
    """What becomes of somebody, such as "Ann Lee: PGY-2 to PGY-3 from 1 Jul 2027.\""""
    member, decision = made.member, made.decision
    if decision.fate in ENDS:
        day = said(decision.day or bounds.first - DAY)
        verb = "graduates" if decision.fate is Fate.GRADUATES else "leaves"
        return f"{member.name} ({member.label}) {verb}; last day {day}."
    parts = _parts(made)
    return f"{member.name}: {'; '.join(parts)}." if parts else f"{member.name} stays {member.label}."


def _parts(made: Change) -> list[str]:
    parts = []
    until = made.member.before
    for stand, old in made.standings:
        what = []
        if stand.level != until.level:
            what.append(f"{until.label if until.level else 'no level'} to PGY-{stand.level}")
        if stand.track != until.track:
            what.append(f"track {stand.track or 'categorical'}")
        if stand.cohort != until.cohort:
            what.append(f"cohort {stand.cohort or 'none'}")
        if old is not None:
            what.append(f"instead of {old.label} as recorded")
        parts.append(f"{', '.join(what) or stand.label} from {said(stand.since)}")
        until = stand
    return parts


def made_code(name: str, taken: Iterable[str]) -> str:
    """A code for somebody new that nobody has: the last name, numbered where it is taken."""
    known = set(taken)
    stem = "".join(letter for letter in name.split()[-1] if letter.isalnum())[:24].upper() or "NEW"
    numbered = (f"{stem}{number}" for number in range(2, len(known) + 3))
    return next(code for code in (stem, *numbered) if code not in known)
