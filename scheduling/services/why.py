"""Why me: what put somebody on a block, in words, and who else could have worked it at what price."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import TextField
from django.db.models.functions import Cast

from people.models import Person
from scheduling.models import Assignment, Edit, Preference, Rotation, ShiftType
from scheduling.models.plan import Source
from scheduling.services.fairness import Balance, balances
from scheduling.services.slot_case import Case, case_of
from scheduling.services.slot_facts import Fact, Reason, facts_of, is_in_question
from scheduling.services.why_price import Difference, differences

NEWEST_EDITS = 500  # what is older was made by hand, but nobody is named


@dataclass(frozen=True, slots=True)
class Share:
    """What somebody has worked until that day beside their fair share, with what was carried over; and in the whole
    schedule, since what is uneven by then may be made good later."""

    name: str
    worked: float
    fair: float
    worked_in_all: float
    fair_in_all: float

    @property
    def over(self) -> float:
        return self.worked - self.fair


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody else and the block: the fact, and what it would have cost (None where that is not known)."""

    fact: Fact
    words: str
    difference: Difference | None

    @property
    def cheaper(self) -> float:
        return -self.difference.total if self.difference else 0.0


@dataclass(frozen=True, slots=True)
class Why:
    """An assignment explained. `others` are those who come into question, `rest` how many do not, by why."""

    assignment: Assignment
    rotation: Rotation
    shift_type: ShiftType
    level: str
    starts_at: datetime
    ends_at: datetime
    reasons: Sequence[str]
    advisories: Sequence[str]
    shares: Sequence[Share]
    others: Sequence[Other]
    rest: Sequence[tuple[str, int]]

    @property
    def could(self) -> list[Other]:
        return [other for other in self.others if other.fact.reason is Reason.COULD]

    @property
    def could_not(self) -> list[Other]:
        return [other for other in self.others if other.fact.reason is not Reason.COULD]


def read_why(assignment: Assignment, *, is_scheduler: bool) -> Why:
    """Explain an assignment (a constant number of queries).

    Colleagues see of others that they cannot, and how much dearer they are: not what makes them so, since that tells
    their wishes, leave and hours.

    The assignment comes with its person, block, rotation and schedule. Raises ValidationError where the program's
    settings are wrong.
    """
    block, person = assignment.block, assignment.person
    case = case_of(
        assignment.schedule,
        block.date,
        assignment.rotation,
        block.shift_type,
        without=person.pk,
        tells_kind=is_scheduler,
    )
    facts = [fact for fact in facts_of(case) if fact.person.pk != person.pk and fact.reason is not Reason.THERE]
    could = [fact.person for fact in facts if fact.reason is Reason.COULD]
    costs = _costs(case, person, could, tells_parts=is_scheduler)
    asked = {fact.person.pk for fact in facts if is_in_question(case, fact.person)}
    others = [
        Other(fact, _words(fact, is_scheduler=is_scheduler), costs.get(fact.person.pk))
        for fact in facts
        if fact.person.pk in asked
    ]
    rest = Counter(fact.reason for fact in facts if fact.person.pk not in asked)
    until = balances(case.facts.schedule, until=block.date, facts=case.facts).get(person.pk)
    in_all = balances(case.facts.schedule, facts=case.facts).get(person.pk)
    starts_at, ends_at = case.instants
    return Why(
        assignment=assignment,
        rotation=assignment.rotation,
        shift_type=block.shift_type,
        level=case.facts.ranks.on(person.pk, block.date).label,
        starts_at=starts_at,
        ends_at=ends_at,
        reasons=list(_reasons(case, assignment)),
        advisories=_advisories(case, assignment),
        shares=list(_shares(until, in_all)) if until and in_all else [],
        others=sorted(others, key=_order),
        rest=[(reason.title, count) for reason, count in sorted(rest.items())],
    )


def _costs(case: Case, person: Person, others: Sequence[Person], *, tells_parts: bool) -> dict[int, Difference]:
    block = ((case.day - case.facts.first).days, case.shift_type.code, case.rotation.code)
    try:
        found = differences(case.facts, person, block, others)
    except ValidationError:
        return {}  # the optimiser could not work with these settings: it has no prices for anything
    return found if tells_parts else {key: replace(each, parts=()) for key, each in found.items()}


def _order(other: Other) -> tuple[int, float, str]:
    cost = other.difference.total if other.difference else 0.0
    return -other.fact.reason, round(cost, 2), other.fact.person.name


def _words(fact: Fact, *, is_scheduler: bool) -> str:
    """What is said of a colleague: to a scheduler all of it, to others nothing of their hours and leave."""
    if is_scheduler or fact.reason not in (Reason.RULE, Reason.LEAVE):
        return fact.sentence
    return fact.reason.title


def _reasons(case: Case, assignment: Assignment) -> Iterator[str]:
    person = assignment.person
    yield _placed(case, person)
    for line in case.staffing.wanted(case.spot, case.rotation.pk):
        if line[0].counts(case.facts.ranks.on(person.pk, case.day)):
            fewest = max(need.fewest for need in line)
            people = "1 person is" if fewest == 1 else f"{fewest} people are"
            yield f"{line[0].name}: {people} asked for."
    yield from (f"Without {person.name}: {short}." for short in _short_without(case, person))
    yield _by_hand(assignment)
    yield from _wishes(case, person)


def _short_without(case: Case, person: Person) -> list[str]:
    return case.staffing.short_without(person.pk, case.spot, case.rotation.pk)


def _placed(case: Case, person: Person) -> str:
    placed = case.placed(person)
    name = case.rotation.name
    if placed is None:
        return f"{person.name} is placed on nothing in this period, and was put on {name} all the same."
    if placed.pk == case.rotation.pk:
        return f"{person.name} is placed on {name} in this period."
    cover = case.cover(person, placed)
    if cover is None:
        return f"{person.name} is placed on {placed.name}, which does not cover {name} then: somebody put them here."
    return f"{person.name} is placed on {placed.name}, which covers {name} then, at a price of {cover.price:g}."


def _by_hand(assignment: Assignment) -> str:
    """Who fixed it and when, as far as that was kept."""
    edit = _edit_of(assignment) if assignment.source == Source.MANUAL else None
    if edit is not None:
        who = edit.user or "somebody whose account is gone"
        zone = assignment.schedule.program.zone
        why = f": {edit.reason}" if edit.reason else ""
        return f"Put here by {who} on {edit.created_at.astimezone(zone):%a %-d %b %Y} ({edit.title}{why})."
    if assignment.source == Source.MANUAL:
        return "Put here by hand."
    how = "It came with an import" if assignment.source == Source.IMPORTED else "The optimiser chose it"
    return f"{how}, and it is pinned since." if assignment.is_pinned else f"{how}; nobody fixed it by hand."


def _edit_of(assignment: Assignment) -> Edit | None:
    """The newest edit that put the person there, in this version or in the one that it was made from."""
    versions = [key for key in (assignment.schedule_id, assignment.schedule.based_on_id) if key]
    wanted = (assignment.person_id, assignment.block.date.isoformat(), assignment.block.shift_type.code)
    # An edit may hold thousands of cells: only those are read whose text names the person and the day.
    edits = (
        Edit.objects.filter(schedule__in=versions, undone_at__isnull=True)
        .alias(text=Cast("cells", TextField()))
        .filter(text__contains=f'"person": {wanted[0]}')
        .filter(text__contains=f'"date": "{wanted[1]}"')
    )
    for edit in edits.select_related("user").order_by("-pk")[:NEWEST_EDITS]:
        for cell in edit.cells:
            if (cell["person"], cell.get("date"), cell.get("shift")) == wanted and cell["after"]:
                return edit
    return None


def _wishes(case: Case, person: Person) -> Iterator[str]:
    rows = Preference.objects.filter(
        academic_year=case.facts.schedule.academic_year_id,
        person=person,
        start_date__lte=case.day,
        end_date__gte=case.day,
    )
    for row in rows:
        if row.shift_type_id in (None, case.shift_type.pk):
            what = "to work" if row.wants else "not to work"
            yield f"{person.name} had asked {what} then; a wish has its price, and no more."


def _advisories(case: Case, assignment: Assignment) -> list[str]:
    """What the rules have against it: verdicts that would not be there without it."""
    if case.key not in case.judge.turns.get(assignment.person_id, {}):
        return []
    if all(person.pk != assignment.person_id for person in case.facts.people):
        return []  # no longer active: not judged
    verdicts = case.judge.take(assignment.person_id, case.key).resolved
    return [f"{each.sentence} ({each.label}{f', {each.clause}' if each.clause else ''})" for each in verdicts]


def _shares(until: Balance, in_all: Balance) -> Iterator[Share]:
    for measure, name, unit in (("nights", "nights", 1), ("weekends", "weekends", 1), ("minutes", "hours", 60)):
        figures = [
            amount / unit
            for balance in (until, in_all)
            for amount in (
                getattr(balance.worked, measure),
                getattr(balance.fair, measure) - getattr(balance.carried, measure),
            )
        ]
        yield Share(name, *figures)
