"""The academic year, its periods, and the blocks of its days."""

from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q

from people.constraints import NoOverlap
from people.models import Program
from scheduling.models.catalog import ShiftType


class AcademicYear(models.Model):
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="academic_years")
    start_date = models.DateField()
    end_date = models.DateField()

    class Meta:
        ordering = ["program", "-start_date"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_date__gte=F("start_date")),
                name="academic_year_does_not_end_before_it_starts",
                violation_error_message="The academic year ends before it starts.",
            ),
            NoOverlap(
                key="program",
                name="academic_years_of_a_program_do_not_overlap",
                violation_error_message="Another academic year of this program has some of these days.",
            ),
        ]

    def __str__(self) -> str:
        first, last = self.start_date.year, self.end_date.year
        return str(first) if first == last else f"{first}–{last % 100:02d}"


class Period(models.Model):
    """One column of the year plan; first and last day included."""

    academic_year = models.ForeignKey(AcademicYear, on_delete=models.CASCADE, related_name="periods")
    number = models.PositiveSmallIntegerField()
    start_date = models.DateField()
    end_date = models.DateField()

    class Meta:
        ordering = ["academic_year", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["academic_year", "number"],
                name="period_number_is_unique_in_its_year",
                violation_error_message="This academic year has a period of this number.",
            ),
            models.CheckConstraint(
                condition=Q(end_date__gte=F("start_date")),
                name="period_does_not_end_before_it_starts",
                violation_error_message="The period ends before it starts.",
            ),
            NoOverlap(
                key="academic_year",
                name="periods_of_a_year_do_not_overlap",
                violation_error_message="Another period of this academic year has some of these days.",
            ),
        ]

    def __str__(self) -> str:
        return f"Period {self.number}"

    def covers(self, day: date) -> bool:
        return self.start_date <= day <= self.end_date


def period_dates(scheme: str, start: date, end: date) -> list[tuple[date, date]]:
    """First and last days of the periods of an academic year.

    Weeks are counted from the first day, whatever weekday it is; a last stretch shorter than a period is added
    to the last one (13 x 28 days are a day short of a year). Months are calendar months.
    """
    if scheme == Program.PeriodScheme.MONTHS:
        firsts = [start]
        while (following := (firsts[-1].replace(day=1) + timedelta(days=32)).replace(day=1)) <= end:
            firsts.append(following)
    else:
        length = {Program.PeriodScheme.FOUR_WEEKS: 28, Program.PeriodScheme.TWO_WEEKS: 14}.get(
            Program.PeriodScheme(scheme), 7
        )
        count = max(1, ((end - start).days + 1) // length)
        firsts = [start + timedelta(days=length * number) for number in range(count)]
    lasts = [first - timedelta(days=1) for first in firsts[1:]] + [end]
    return list(zip(firsts, lasts, strict=True))


class Block(models.Model):
    """One shift type on one date; a night belongs to the date on which it starts."""

    date = models.DateField()
    shift_type = models.ForeignKey(ShiftType, on_delete=models.PROTECT, related_name="blocks")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ["date", "shift_type"]
        indexes = [
            # Month grid and day view: the blocks of a range of dates.
            models.Index(fields=["date"], name="block_date"),
            # Who is on at a moment: blocks that have begun and not ended.
            models.Index(fields=["starts_at", "ends_at"], name="block_instants"),
        ]
        constraints = [
            # Its index also serves the roster: one shift type of a date.
            models.UniqueConstraint(
                fields=["date", "shift_type"],
                name="one_block_per_date_and_shift_type",
                violation_error_message="This block exists already.",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="block_ends_after_it_starts",
                violation_error_message="A block ends after it starts.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date:%a %-d %b} {self.shift_type}"


def ensure_blocks(program: Program, first: date, last: date) -> dict[tuple[date, str], Block]:
    """All blocks of a program from first to last day, made where missing, by (date, shift type code)."""
    shift_types = list(program.shift_types.all())
    for shift_type in shift_types:
        shift_type.program = program
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    known = set(
        Block.objects.filter(shift_type__program=program, date__range=(first, last)).values_list(
            "date", "shift_type_id"
        )
    )
    missing = []
    for day in days:
        for shift_type in shift_types:
            if (day, shift_type.pk) not in known:
                starts_at, ends_at = shift_type.instants(day)
                missing.append(Block(date=day, shift_type=shift_type, starts_at=starts_at, ends_at=ends_at))
    Block.objects.bulk_create(missing, ignore_conflicts=True)
    blocks = Block.objects.filter(shift_type__program=program, date__range=(first, last)).select_related("shift_type")
    return {(block.date, block.shift_type.code): block for block in blocks}
