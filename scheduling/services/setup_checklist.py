"""The checklist for a new year: what is done, what is next, what is missing, worked out from the database."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from absences.models import Absence
from people.models import Person, Program
from people.standing import Rank, ranks_of
from scheduling.models import (
    AcademicYear,
    Curriculum,
    GenerationRun,
    Preference,
    Rotation,
    Schedule,
    ShiftType,
    Staffing,
)
from scheduling.services.setup_words import counted, listed

DONE, NEXT, OPEN, LATER = "done", "next", "open", "later"


@dataclass(frozen=True, slots=True)
class Item:
    """One step: what it is, how it stands, in a sentence, and the page where it is done (a URL name of the program;
    with `number`, of one of its versions)."""

    title: str
    state: str
    words: str
    page: str
    button: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    """How one step stands: whether it is done, or what is missing of it."""

    title: str
    done: bool
    words: str
    page: str
    button: str
    number: int | None = None
    blocks: bool = True  # what comes after cannot be done before it


def checklist(program: Program, today: date) -> tuple[AcademicYear | None, list[Item]]:
    """The year that is being set up, and its steps: the last that is not over. A constant number of queries."""
    years = AcademicYear.objects.filter(program=program, end_date__gte=today).prefetch_related("periods")
    year = years.order_by("-start_date").first()
    steps = [_dates(year), _people(program, year, today), _rotations(program, year, today), _requests(program, year)]
    steps += _schedule(program, year)
    return year, list(_in_turn(steps))


def _in_turn(steps: list[_Found]) -> list[Item]:
    """The first that is not done is next; what depends on one that lacks something comes later."""
    items: list[Item] = []
    has_next = is_blocked = False
    for step in steps:
        if step.done:
            state = DONE
        elif is_blocked:
            state = LATER
        else:
            state = OPEN if has_next else NEXT
            has_next = True
            is_blocked = step.blocks
        items.append(Item(step.title, state, step.words, step.page, step.button, step.number))
    return items


def _dates(year: AcademicYear | None) -> _Found:
    title, page, button = "Dates", "setup-years", "Academic years"
    if year is None:
        return _Found(title, False, "No academic year is set up that has today or lies ahead.", page, "Add the year")
    count = len(year.periods.all())
    dates = f"{year} goes from {_day(year.start_date)} to {_day(year.end_date)}"
    if not count:
        return _Found(title, False, f"{dates}, and has no periods: delete it and add it again.", page, button)
    return _Found(title, True, f"{dates}, in {counted(count, 'period')}.", page, button)


def _day(day: date) -> str:
    return f"{day:%-d %b %Y}"


def _people(program: Program, year: AcademicYear | None, today: date) -> _Found:
    title, page, button = "People", "people", "People"
    rows = Person.objects.active().filter(program=program)
    if year:
        rows = rows.employed_between(year.start_date, year.end_date)
    levels = _levels(program, list(rows.order_by().values_list("pk", flat=True)), year, today)
    if not levels:
        when = f" in {year}" if year else ""
        return _Found(title, False, f"Nobody is active{when}: import the people, or roll the year over.", page, button)
    groups = listed(f"{count} {rank.label if rank.level else 'faculty'}" for rank, count in levels)
    count = sum(number for _, number in levels)
    return _Found(title, True, f"{count} {'person is' if count == 1 else 'people are'} in it: {groups}.", page, button)


def _levels(program: Program, people: list[int], year: AcademicYear | None, today: date) -> list[tuple[Rank, int]]:
    """How many there are of each level when the year begins, or today within it."""
    ranks = ranks_of(program)
    day = max(year.start_date, today) if year else today
    found = Counter(Rank(ranks.on(person, day).level) for person in people)
    return sorted(found.items(), key=lambda pair: pair[0].order)


def _rotations(program: Program, year: AcademicYear | None, today: date) -> _Found:
    title = "Rotations and rules"
    rotations = Rotation.objects.filter(program=program, is_active=True).count()
    if not rotations:
        return _Found(title, False, "No rotation is there yet.", "setup-rotations", "Add rotations")
    owing = set(Curriculum.objects.filter(program=program, is_active=True).values_list("level", flat=True))
    people = list(Person.objects.active().filter(program=program).residents().order_by().values_list("pk", flat=True))
    levels = [rank for rank, _ in _levels(program, people, year, today) if rank.level not in owing]
    if levels or not owing:
        whose = listed(rank.label for rank in levels) if owing else "any level"
        words = f"The curriculum has no sentence for {whose}, so they would be placed nowhere."
        return _Found(title, False, words, "setup-curriculum", "Curriculum")
    staffing = Staffing.objects.filter(program=program, is_active=True)
    in_periods = in_blocks = 0
    for shift_type in staffing.order_by().values_list("shift_type", flat=True):
        in_periods, in_blocks = in_periods + (shift_type is None), in_blocks + (shift_type is not None)
    if not in_periods and not in_blocks:
        return _Found(
            title, False, "Staffing says nothing yet about how many are needed.", "setup-staffing", "Staffing"
        )
    shifts = ShiftType.objects.filter(program=program).count()
    words = (
        f"{counted(rotations, 'rotation')}, {counted(shifts, 'shift type')}; "
        f"{counted(in_periods, 'sentence')} of staffing by period and {in_blocks} by shift."
    )
    return _Found(title, True, words, "setup-rotations", "Rotations")


def _requests(program: Program, year: AcademicYear | None) -> _Found:
    title, page, button = "Requests", "requests", "Requests"
    waiting = Absence.objects.filter(person__program=program, status=Absence.Status.REQUESTED).count()
    wishes = Preference.objects.filter(academic_year=year).count() if year else 0
    known = f"{counted(wishes, 'wish').replace('wishs', 'wishes')} are known" if wishes != 1 else "1 wish is known"
    if waiting:
        verb = "waits" if waiting == 1 else "wait"
        words = f"{counted(waiting, 'leave request')} {verb} for a decision; {known}."
        return _Found(title, False, words, page, "Decide", blocks=False)
    return _Found(title, True, f"No leave request waits for a decision; {known}.", page, button)


def _schedule(program: Program, year: AcademicYear | None) -> list[_Found]:
    rows = Schedule.objects.filter(program=program, academic_year=year) if year else Schedule.objects.none()
    published = rows.published().order_by("-number").first()
    draft = rows.filter(status=Schedule.Status.DRAFT, is_what_if=False).order_by("-number").first()
    if published and (draft is None or draft.number < published.number):
        draft = None  # an older draft is not waiting for anybody
    return [
        _generate(draft, published),
        _review(draft, published),
        _publish(draft, published),
    ]


def _generate(draft: Schedule | None, published: Schedule | None) -> _Found:
    title = "Generate"
    shown = draft or published
    if shown is None:
        return _Found(title, False, "No draft is there yet.", "schedules", "New draft…")
    here = ("schedule", f"Version {shown.number}", shown.number)
    if draft is None:
        return _Found(title, True, f"Version {shown.number} was made.", *here)
    run = draft.runs.filter(status__in=(GenerationRun.Status.QUEUED, GenerationRun.Status.RUNNING)).first()
    if run:
        return _Found(title, False, f"Draft {draft.number} is being generated.", "schedule", "Watch", draft.number)
    if not draft.rotation_assignments.exists():
        return _Found(title, False, f"Draft {draft.number} is empty.", "schedule", "Generate…", draft.number)
    return _Found(title, True, f"Draft {draft.number} was made.", *here)


def _review(draft: Schedule | None, published: Schedule | None) -> _Found:
    title = "Review"
    if draft is None:
        if published is None:
            return _Found(title, False, "There is nothing to look at yet.", "schedules", "Versions")
        return _Found(
            title,
            True,
            f"Version {published.number} is out; its proof says how well it does.",
            "proof",
            "Proof",
            published.number,
        )
    run = draft.runs.filter(progress=100).first()
    if run is None:
        words = f"Look through draft {draft.number}: what is unstaffed, broken, or unfair."
    else:
        broken = sum(verdict.get("force") == "must" for verdict in run.violations)
        words = (
            f"Look through draft {draft.number}: {broken} broken, {len(run.shortfalls)} missing when it was generated."
        )
    return _Found(title, False, words, "schedule", "Review", draft.number)


def _publish(draft: Schedule | None, published: Schedule | None) -> _Found:
    title = "Publish"
    if published and draft is None:
        when = f" since {_day(published.published_at.date())}" if published.published_at else ""
        words = f"Version {published.number} is published{when}."
        return _Found(title, True, words, "schedule", f"Version {published.number}", published.number)
    if draft is None:
        return _Found(title, False, "People see a schedule once it is published.", "schedules", "Versions")
    words = f"People see draft {draft.number} once it is published."
    return _Found(title, False, words, "schedule-publish", "Publish…", draft.number)
