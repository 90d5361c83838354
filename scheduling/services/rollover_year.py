"""What belongs to an academic year: its periods, its cohorts, and what people have done before it begins."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db.models import F, Q

from people.models import Program
from people.rollover import said
from scheduling.models import AcademicYear, Cohort, Curriculum, History, Period, RotationAssignment, Schedule
from scheduling.models.calendar import period_dates

DAY = timedelta(days=1)
LONGEST = 400  # days: more is a slip of the pen
JULY = 7


@dataclass(frozen=True, slots=True)
class NewYear:
    """The new year (`found` where it is there already) with its periods, and the year before it."""

    first: date
    last: date
    periods: Sequence[tuple[date, date]]
    old: AcademicYear | None
    found: AcademicYear | None = None

    @property
    def name(self) -> str:
        return str(self.found or AcademicYear(start_date=self.first, end_date=self.last))


@dataclass(frozen=True, slots=True)
class Work:
    """Rows of the new year: copies of cohorts, and by person and rotation the periods done before."""

    cohorts: Sequence[Cohort]
    history: Mapping[tuple[int, int], int]
    known: Mapping[tuple[int, int], int]  # what is recorded already


def proposed_days(program: Program, today: date) -> tuple[date, date]:
    """The year after the latest one, as long as that; the next one from 1 July where there is none yet."""
    latest = AcademicYear.objects.filter(program=program).order_by("-start_date").first()
    if latest is None:
        first = date(today.year + (today.month >= JULY), JULY, 1)
        return first, _year_later(first) - DAY
    first = latest.end_date + DAY
    if _year_later(latest.start_date) == first:
        return first, _year_later(first) - DAY
    return first, first + (latest.end_date - latest.start_date)


def _year_later(day: date) -> date:
    return date(day.year + 1, 3, 1) if (day.month, day.day) == (2, 29) else day.replace(year=day.year + 1)


def new_year(program: Program, first: date, last: date) -> NewYear:
    """The year of these days beside those there are (3 queries). Raises ValidationError where it cannot be made."""
    if last < first:
        raise ValidationError(f"The year ends on {said(last)}, before it begins on {said(first)}.")
    if (last - first).days >= LONGEST:
        raise ValidationError(f"From {said(first)} to {said(last)} is more than a year: check the two days.")
    years = list(AcademicYear.objects.filter(program=program).order_by("start_date"))
    found = next((one for one in years if (one.start_date, one.end_date) == (first, last)), None)
    for other in years:
        if other != found and other.start_date <= last and other.end_date >= first:
            raise ValidationError(
                f"The academic year {other}, {said(other.start_date)} to {said(other.end_date)}, has some of these "
                f"days already: begin on {said(other.end_date + DAY)}, or give its own first and last day."
            )
    if any(other.start_date > last for other in years):
        raise ValidationError(f"A later academic year exists: the new one begins after {said(years[-1].end_date)}.")
    made = Schedule.objects.exclude(status=Schedule.Status.DRAFT).filter(program=program, start_date__lte=last)
    if shown := made.filter(end_date__gte=first).order_by("number").last():
        raise ValidationError(
            f"Version {shown.number} was published for days of this year: from then on people are changed one by one."
        )
    old = next((one for one in reversed(years) if one.end_date < first), None)
    return NewYear(first, last, _periods(program, found, first, last), old, found)


def _periods(program: Program, found: AcademicYear | None, first: date, last: date) -> list[tuple[date, date]]:
    if found is not None:
        return list(Period.objects.filter(academic_year=found).order_by("number").values_list("start_date", "end_date"))
    return period_dates(program.period_scheme, first, last)


def work_of(program: Program, year: NewYear, people: Iterable[int]) -> Work:
    """The rows that the new year gets; history is of these people (7 queries)."""
    if year.old is None:
        return Work([], {}, {})
    known = _history(year.found) if year.found else Counter[tuple[int, int]]()
    return Work(_cohorts(year), _done(program, year.old, set(people)), known)


def _cohorts(year: NewYear) -> list[Cohort]:
    """The old year's cohorts by the numbers of their periods; none where the new year has cohorts already."""
    if year.found and Cohort.objects.filter(academic_year=year.found).exists():
        return []
    rows = list(Cohort.objects.filter(academic_year=year.old).select_related("rotation"))
    for row in rows:
        row.pk, row._state.adding = None, True
        row.periods = [number for number in row.periods if number <= len(year.periods)]
    return rows


def _history(year: AcademicYear) -> Counter[tuple[int, int]]:
    rows = History.objects.filter(academic_year=year).order_by()
    return Counter(
        {(one, rotation): periods for one, rotation, periods in rows.values_list("person", "rotation", "periods")}
    )


def _done(program: Program, old: AcademicYear, people: set[int]) -> dict[tuple[int, int], int]:
    """Periods by person and rotation at the end of the old year: its history, and its published plan.

    Of the plan those rotations count that the curriculum counts over the whole residency, or that history has.
    """
    before = _history(old)
    counted = set(
        Curriculum.objects.filter(program=program, counts_history=True).values_list("rotations", flat=True)
    ) | {rotation for _, rotation in before}
    placed: dict[tuple[int, int], set[int]] = defaultdict(set)
    rows = RotationAssignment.objects.filter(
        Q(schedule__start_date__lte=F("period__end_date"), schedule__end_date__gte=F("period__end_date")),
        schedule__status=Schedule.Status.PUBLISHED,
        schedule__program=program,
        period__academic_year=old,
        rotation__in=counted,
    ).order_by()
    for person, rotation, period in rows.values_list("person_id", "rotation_id", "period_id"):
        placed[person, rotation].add(period)
    done = Counter(before)
    done.update({key: len(periods) for key, periods in placed.items()})
    return {key: done[key] for key in sorted(done) if key[0] in people and done[key]}


def write_year(program: Program, year: NewYear) -> AcademicYear:
    """The academic year with its periods, made where it is not there."""
    if year.found is not None:
        return year.found
    made = AcademicYear.objects.create(program=program, start_date=year.first, end_date=year.last)
    Period.objects.bulk_create(
        Period(academic_year=made, number=number, start_date=start, end_date=end)
        for number, (start, end) in enumerate(year.periods, 1)
    )
    return made


def write_work(made: AcademicYear, work: Work) -> None:
    """The rows of the year: cohorts, and history that is new or counted differently."""
    for row in work.cohorts:
        row.academic_year = made
    Cohort.objects.bulk_create(work.cohorts)
    changed = [
        row for row in History.objects.filter(academic_year=made) if differs(work, (row.person_id, row.rotation_id))
    ]
    for old in changed:
        old.periods = work.history[old.person_id, old.rotation_id]
    History.objects.bulk_update(changed, ["periods"])
    History.objects.bulk_create(
        History(academic_year=made, person_id=person, rotation_id=rotation, periods=periods)
        for (person, rotation), periods in work.history.items()
        if (person, rotation) not in work.known
    )


def differs(work: Work, key: tuple[int, int]) -> bool:
    """Whether what is recorded is to be changed."""
    return key in work.known and key in work.history and work.history[key] != work.known[key]
