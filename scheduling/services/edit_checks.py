"""What the rules say of changes that somebody wants to make, and when a reason is asked for."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from scheduling.models import Schedule
from scheduling.rules import EditVerdicts, Rulebook, Verdict
from scheduling.services import judging
from scheduling.services.changes import Change
from scheduling.services.facts import Facts
from scheduling.services.holding import Placed
from scheduling.services.judging import Judge
from scheduling.services.lock_window import ReasonNeeded, locked_until
from scheduling.services.month_held import Held

ON_LEAVE = "on_leave"


class NeedsReason(ReasonNeeded):
    """A must would be broken, somebody would work on leave, or published days that people count on would change.

    `broken` are the verdicts by person's key. Its messages are a sentence each.
    """

    def __init__(self, sentences: Sequence[str], broken: Mapping[int, Sequence[Verdict]]) -> None:
        super().__init__(list(sentences))
        self.broken = broken


@dataclass(frozen=True, slots=True)
class Judged:
    """What changes bring: musts that they break, by person's key, and advisories in sentences."""

    broken: Mapping[int, Sequence[Verdict]]
    advisories: Sequence[str]


def judge_changes(
    facts: Facts,
    changes: Sequence[Change],
    book: Rulebook,
    held: Held | None = None,
    placed_of: Callable[[Collection[int]], Placed | None] = lambda _people: None,
) -> Judged:
    """What the rules say of these changes together; those of marks alone are not asked about. What is `held` is not
    read again, nor the plan of those whose rows are given."""
    moved = [each for each in changes if each.before != each.after]
    if not moved:
        return Judged({}, ())
    days = [each.date for each in moved]
    people = {each.person for each in moved}
    first, last = min(days), max(days)
    judge = judging.load(
        *(facts.schedule, first, last),
        facts=facts,
        book=book,
        people=people,
        has_others=False,
        held=held,
        placed=placed_of(people),
    )
    return judged_by(judge, moved)


def judged_by(judge: Judge, moved: Iterable[Change]) -> Judged:
    """The same by a judge that is there already. Whoever is not active any more is no longer judged."""
    found = verdicts_on(judge, [each for each in moved if each.person in judge.facts.by_key])
    broken = {person: newly_broken(verdicts) for person, verdicts in found.items()}
    advisories = [
        verdict.sentence for verdicts in found.values() for verdict in verdicts.brought if not verdict.is_violation
    ]
    return Judged({person: verdicts for person, verdicts in broken.items() if verdicts}, advisories)


def verdicts_on(judge: Judge, changes: Sequence[Change]) -> dict[int, EditVerdicts]:
    """What the rules say of changes; what these resolve is said only where they break a must, since finding out takes
    as long again."""
    found = replace(judge, only_brought=True).change(changes)
    if any(verdict.is_violation for verdicts in found.values() for verdict in verdicts.brought):
        return judge.change(changes)
    return found


def newly_broken(verdicts: EditVerdicts) -> list[Verdict]:
    """The musts that an edit breaks, without those that were broken before and are broken no worse now.

    Working on leave is asked about each time.
    """
    before = {(each.rule, each.first, each.last): _beyond(each) for each in verdicts.resolved if each.is_violation}
    return [
        each
        for each in verdicts.brought
        if each.is_violation
        and (each.rule == ON_LEAVE or _beyond(each) > before.get((each.rule, each.first, each.last), -1.0))
    ]


def require_reason(schedule: Schedule, changes: Sequence[Change], judged: Judged, names: Mapping[int, str]) -> None:
    """Raises NeedsReason where these changes ask for one."""
    sentences = [in_words(verdict) for verdicts in judged.broken.values() for verdict in verdicts]
    until = locked_until(schedule)
    locked = [each for each in changes if until is not None and each.date <= until]
    if locked and until is not None:
        sentences.append(
            f"{_listed(names[each] for each in dict.fromkeys(change.person for change in locked))} may count on "
            f"{_listed(f'{day:%a %-d %b}' for day in sorted({each.date for each in locked}))}: published days until "
            f"{until:%a %-d %b} change only with a reason."
        )
    if sentences:
        raise NeedsReason(sentences, judged.broken)


def in_words(verdict: Verdict) -> str:
    """A broken must as a sentence with its clause: "Ada Park has 11 h of 14 h free … (6.21.a, ACGME)."."""
    return f"{verdict.sentence} ({_source(verdict)})."


def short_words(verdict: Verdict, name: str) -> str:
    """A verdict beside the person it is about: "breaks 6.21.a: 11 h of 14 h free …", "advisory: 7 h between …"."""
    fact = verdict.sentence.removeprefix(f"{name} ").removeprefix("has ")
    return f"breaks {verdict.clause or verdict.label}: {fact}" if verdict.is_violation else f"advisory: {fact}"


def _source(verdict: Verdict) -> str:
    return f"{verdict.clause}, {verdict.label}" if verdict.clause else verdict.label


def _beyond(verdict: Verdict) -> float:
    return abs(verdict.measured - verdict.limit)


def _listed(words: Iterable[str]) -> str:
    *others, last = words
    if len(others) > 3:
        return f"{', '.join(others[:2])} and {len(others) - 1} more"
    return f"{', '.join(others)} and {last}" if others else last
