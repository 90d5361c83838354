"""What the rules say of a schedule as it stands, judged anew only of those for whom something has changed.

Somebody's verdicts follow from what they work, their leave, the windows of their plan and the rules. All that goes into
a digest: who has the same one as when they were last judged has the same problems. So nobody has to be told what an
edit touched, and leave, promotions and rules that were set anew are seen as well.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from people.models import Person
from scheduling.rules import Duty, PersonRecord, Rulebook, Verdict, check
from scheduling.rules.check import SUPERVISION
from scheduling.rules.rule_sets import Rule
from scheduling.rules.supervision import supervision
from scheduling.rules.timeline import timeline
from scheduling.services.checking import Worked, duty_of, person_of, record_of
from scheduling.services.live_problems.ground import Ground, Taken, known
from scheduling.services.live_problems.lines import KindId, Problem
from scheduling.services.live_problems.memo import Asked, digest
from scheduling.services.live_problems.turns import Rows, Turns

SHORT = 3  # a verdict on so many duties is about how they follow one another: look at the last, else at the first


def judged(ground: Ground, turns: Mapping[int, Turns]) -> Iterator[Asked]:
    """What breaks a rule, and what does not heed one."""
    common = known(ground, "rules", lambda: _common(ground, ground.book))
    people = known(ground, "records", lambda: dict(_records(ground)))
    for person, mine in turns.items():
        bare, who, _ = people[person]
        yield Asked(digest(common, who, mine.digest), partial(_of_person, ground, ground.book, bare, mine.rows))
    rule = ground.book.rule(SUPERVISION)
    if rule is None:
        return
    for rotation, team in _teams(ground, turns).items():
        key = next(key for key, each in ground.facts.rotations.items() if each.code == rotation)
        members = [(people[person.pk][2], turns[person.pk].rotation_digests[key]) for person, _ in team]
        work_out = partial(_of_team, ground, ground.book, rule, rotation, team)
        yield Asked(digest(common, "team", rotation, members), work_out)


def _records(ground: Ground) -> Iterator[tuple[int, tuple[PersonRecord, str, str]]]:
    """By person's key: what the rules see of them but for their duties, with digests of that and of who they are."""
    for person in ground.facts.people:
        bare = record_of(ground.facts, person, ground.plan, ())
        yield person.pk, (bare, digest(bare), digest(bare.person))


def _common(ground: Ground, book: Rulebook) -> str:
    """A digest of what everybody's verdicts rest on: the rules, the blocks, what shift types and rotations count as."""
    facts = ground.facts
    shift_types = [
        (each.pk, each.code, each.name, each.duty, each.counted_hours, each.is_night, each.is_call)
        for each in facts.shift_types.values()
    ]
    rotations = [(each.pk, each.code, each.is_night_float, each.is_vacation) for each in facts.rotations.values()]
    return digest(book, facts.first, facts.last, shift_types, rotations, sorted(ground.blocks.items()))


def _duties(ground: Ground, person: int, rows: Iterable[Taken]) -> Iterator[Duty]:
    """What the rules see of these rows; a duty's key is the person's with the block's."""
    for row in rows:
        when = ground.blocks[row.block]
        yield duty_of(
            ground.facts,
            Worked(
                (person, row.block),
                person,
                when.day,
                when.starts_at,
                when.ends_at,
                when.shift_type,
                row.rotation,
                row.role,
            ),
        )


def _of_person(ground: Ground, book: Rulebook, bare: PersonRecord, rows: Rows) -> Iterator[Problem]:
    person = int(str(bare.person.id))
    record = replace(bare, duties=tuple(_duties(ground, person, rows)))
    verdicts = _within(ground, check(record, book))
    reasons: dict[object, str] = {(person, row.block): row.override for row in rows if row.override}
    without: list[Verdict] = []
    if reasons and any(verdict.is_violation for verdict in verdicts):
        kept = tuple(duty for duty in record.duties if duty.key not in reasons)
        without = check(replace(record, duties=kept), book)
    for verdict in verdicts:
        reason = _reason(verdict, reasons, without)
        yield _problem(ground, verdict, person, reason)


def _within(ground: Ground, verdicts: Iterable[Verdict]) -> list[Verdict]:
    """What came before the schedule is another's."""
    return [verdict for verdict in verdicts if verdict.last >= ground.facts.first]


def _reason(verdict: Verdict, reasons: Mapping[object, str], without: Iterable[Verdict]) -> str:
    """Why a must stands broken, if somebody has said so; blank where it would be broken without that duty too."""
    given = [reasons[key] for key in verdict.duties if key in reasons]
    if not given or not verdict.is_violation:
        return ""
    duties = set(verdict.duties)
    if any(other.rule == verdict.rule and set(other.duties) <= duties for other in without):
        return ""
    return "; ".join(dict.fromkeys(given))


def _problem(ground: Ground, verdict: Verdict, person: int | None, reason: str = "") -> Problem:
    days = [ground.blocks[key[1]].day for key in verdict.duties if isinstance(key, tuple)]
    seen = [day for day in days if day >= ground.facts.first] or [max(verdict.first, ground.facts.first)]
    return Problem(
        kind="overridden" if reason else _kind(verdict),
        sentence=f"{verdict.sentence}.",
        first=max(verdict.first, ground.facts.first),
        last=verdict.last,
        at=seen[-1] if len(days) <= SHORT else seen[0],
        rule=f"{verdict.title} ({verdict.label}{f', {verdict.clause}' if verdict.clause else ''})",
        reason=reason,
        person=person,
    )


def _kind(verdict: Verdict) -> KindId:
    if verdict.rule == "on_leave":
        return "leave"
    return "broken" if verdict.is_violation else "advisory"


def _teams(ground: Ground, turns: Mapping[int, Turns]) -> dict[str, list[tuple[Person, Rows]]]:
    """By the code of each rotation for which faculty are rostered anywhere: who works there, and what."""
    there: dict[int, list[tuple[Person, Rows]]] = defaultdict(list)
    supervised: set[int] = set()
    for person in ground.facts.people:
        mine = turns[person.pk].by_rotation if person.pk in turns else {}
        for rotation, rows in mine.items():
            there[rotation].append((person, rows))
        if mine and person_of(ground.facts, person).is_faculty:
            supervised |= mine.keys()
    return {ground.facts.rotations[key].code: there[key] for key in sorted(supervised)}


def _of_team(
    ground: Ground, book: Rulebook, rule: Rule, rotation: str, team: Iterable[tuple[Person, Rows]]
) -> Iterator[Problem]:
    lines = [
        timeline(PersonRecord(person_of(ground.facts, person), tuple(_duties(ground, person.pk, rows))), book.zone)
        for person, rows in team
    ]
    for verdict in _within(ground, supervision(lines, rule, frozenset({rotation}))):
        yield _problem(ground, verdict, None)
