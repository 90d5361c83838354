"""What would come of days held otherwise, for panels and for what is carried: a verdict and its words, before it is
done."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from people.models import Person
from scheduling.models import Rotation, Schedule, ShiftType
from scheduling.rules import Verdict
from scheduling.services import facts as facts_
from scheduling.services import judging
from scheduling.services.attendance import Attendance, attendance
from scheduling.services.backups import Turn
from scheduling.services.changes import Change
from scheduling.services.edit_checks import ON_LEAVE, newly_broken, short_words, verdicts_on
from scheduling.services.facts import Facts
from scheduling.services.house_rules import HouseRules, house_rules
from scheduling.services.judging import Judge
from scheduling.services.staffing import needs_of
from scheduling.services.staffing_effects import Effects, effects

DAY = timedelta(days=1)
ORDER = ("allowed", "advisory", "breaks", "leave", "refused")


@dataclass(frozen=True, slots=True)
class Said:
    """A verdict: "allowed", "advisory", "breaks" a must, on "leave", or "refused"; its words, and what it does to
    staffing."""

    name: str
    words: str
    effects: Effects

    @property
    def needs_reason(self) -> bool:
        return self.name in ("breaks", "leave")

    @property
    def order(self) -> int:
        return ORDER.index(self.name)


@dataclass(frozen=True, slots=True)
class Ground:
    """What verdicts on changes of some days are given from."""

    judge: Judge
    there: Attendance
    house: HouseRules

    @property
    def facts(self) -> Facts:
        return self.judge.facts

    def person(self, key: int) -> Person | None:
        return next((each for each in self.facts.people if each.pk == key), None)

    def turn(self, person: Person, rotation: Rotation, shift: ShiftType, day: date) -> Turn:
        """A block as somebody would work it."""
        shift.program = self.facts.schedule.program  # its times are in the program's zone: no query
        return Turn(self.facts.schedule.pk, person, rotation, shift, day, *shift.instants(day))

    def placed(self, person: Person, day: date) -> Rotation | None:
        """The rotation of the plan on that day."""
        for place, period in enumerate(self.facts.periods):
            if period.covers(day):
                code = self.judge.plan.get((person.code, place))
                return next((each for each in self.facts.rotations.values() if each.code == code), None)
        return None


def ground_of(
    schedule: Schedule, first: date, last: date, people: Iterable[int] | None = None, *, facts: Facts | None = None
) -> Ground:
    """Read it, for changes of these people from the first to the last day (a constant number of queries).

    Pass `facts` where they are loaded already. Raises ValidationError where the program's rule settings are wrong.
    """
    facts = facts or facts_.load(schedule)
    chosen = None if people is None else set(people)
    judge = judging.load(facts.schedule, first, last, facts=facts, people=chosen)
    days = {first + offset * DAY for offset in range((last - first).days + 1)}
    return Ground(judge, attendance(judge, needs_of(facts.schedule.program), days), house_rules(facts))


def say(ground: Ground, changes: Sequence[Change]) -> Said:
    """The verdict on changes that are made together, by what is worst in them."""
    facts = ground.facts
    moved = [each for each in changes if each.before != each.after]
    done = effects(ground.there, moved)
    for each in moved:
        person = ground.person(each.person)
        if each.after is not None and (person is None or facts.employed(person, each.date, each.date) is None):
            return Said("refused", "not with the program then", done)
        if each.after is not None and facts.absences.get(each.person) and _is_away(facts, each):
            return Said("leave", "on leave", done)
    active = [each for each in moved if ground.person(each.person) is not None]
    found = verdicts_on(ground.judge, active)
    broken = [(person, verdict) for person, verdicts in found.items() for verdict in newly_broken(verdicts)]
    if any(verdict.rule == ON_LEAVE for _, verdict in broken):  # as where being placed is being on vacation
        return Said("leave", "on leave", done)
    if broken:
        return Said("breaks", _joined(ground, broken), done)
    advised = [(person, verdict) for person, verdicts in found.items() for verdict in verdicts.brought]
    if advised:
        return Said("advisory", _joined(ground, advised), done)
    beside = next(_beside(ground, active), "")
    return Said("advisory", f"advisory: {beside}", done) if beside else Said("allowed", "allowed", done)


def _is_away(facts: Facts, change: Change) -> bool:
    return any(each.start_date <= change.date <= each.end_date for each in facts.absences[change.person])


def _joined(ground: Ground, verdicts: Sequence[tuple[int, Verdict]]) -> str:
    """The first of them; whose it is, where it is about more than one person, is in its sentence."""
    people = {person for person, _ in verdicts}
    key, verdict = verdicts[0]
    person = ground.person(key)
    name = person.name if person is not None and len(people) == 1 else ""
    more = f" (and {len(verdicts) - 1} more)" if len(verdicts) > 1 else ""
    return short_words(verdict, name) + more


def _beside(ground: Ground, changes: Sequence[Change]) -> Iterator[str]:
    """The program's own rules on what may be worked beside what: as advice, since they bind the generator only."""
    shifts = {shift.code: shift for shift in ground.facts.shift_types.values()}
    touched = {(each.person, each.date) for each in changes}
    for each in changes:
        person = ground.person(each.person)
        if each.after is None or person is None:
            continue
        shift = shifts[each.shift]
        rotation = next(one for one in ground.facts.rotations.values() if one.code == each.after)
        turn = ground.turn(person, rotation, shift, each.date)
        if (person.pk, each.date, shift.pk) in ground.house.ruled_out:
            yield "ruled out for this block by hand"
        for own in ground.judge.turns.get(person.pk, {}).values():
            near = abs((own.day - each.date).days) == 1 and (person.pk, own.day) not in touched
            if near and (reason := ground.house.conflict(own, turn)):
                name, kind = ground.facts.rotations[own.rotation].name, ground.facts.shift_types[own.shift_type].name
                yield f"{reason} {name}, {kind.lower()} on {own.day:%a %-d %b}"
