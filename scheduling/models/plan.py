"""The schedule: its versions, the rotation plan, and who works which block."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import connection, models
from django.db.models import F, Q
from django.utils import timezone

from people.constraints import NoOverlap
from people.models import Person, Program
from scheduling.models.calendar import AcademicYear, Block, Period
from scheduling.models.catalog import Rotation

# 28 wall-clock hours (a constraint of ShiftType), and the hour that the autumn change of clocks may add.
LONGEST_SHIFT = timedelta(hours=29)


class Source(models.TextChoices):
    GENERATED = "generated", "generated"
    MANUAL = "manual", "manual"
    IMPORTED = "imported", "imported"


class ScheduleQuerySet(models.QuerySet["Schedule"]):
    def published(self) -> "ScheduleQuerySet":
        return self.filter(status=Schedule.Status.PUBLISHED)

    def covering(self, day: date) -> "ScheduleQuerySet":
        return self.filter(start_date__lte=day, end_date__gte=day)


class Schedule(models.Model):
    """One version of a program's year. Every write to it bumps `revision` in the same transaction."""

    class Status(models.TextChoices):
        DRAFT = "draft", "draft"
        PUBLISHED = "published", "published"
        ARCHIVED = "archived", "archived"

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="schedules")
    academic_year = models.ForeignKey(AcademicYear, on_delete=models.CASCADE, related_name="schedules")
    number = models.PositiveIntegerField(help_text="Counts a program's versions: Draft 7.")
    start_date = models.DateField()
    end_date = models.DateField()
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    revision = models.PositiveIntegerField(default=1)
    based_on = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="derived")
    is_what_if = models.BooleanField(
        "what if", default=False, help_text="A sandbox: a copy to try something in, then to adopt or to drop."
    )
    note = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)

    objects = ScheduleQuerySet.as_manager()

    class Meta:
        ordering = ["program", "-number"]
        indexes = [
            # Which schedule a reader sees: the published one of a program.
            models.Index(fields=["program", "status", "-number"], name="schedule_program_status"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "number"],
                name="schedule_number_is_unique_in_its_program",
                violation_error_message="This program has a schedule of this number.",
            ),
            models.CheckConstraint(
                condition=Q(end_date__gte=F("start_date")),
                name="schedule_does_not_end_before_it_starts",
                violation_error_message="The schedule ends before it starts.",
            ),
            models.CheckConstraint(
                condition=Q(is_what_if=False) | Q(status="draft"),
                name="only_drafts_are_sandboxes",
                violation_error_message="A sandbox is a draft: adopt it before you publish it.",
            ),
            NoOverlap(
                key="program",
                condition=Q(status="published"),
                name="one_published_schedule_per_program_and_day",
                violation_error_message="Another schedule is published for some of these days.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display().capitalize()} {self.number} ({self.academic_year})"

    def bump(self) -> None:
        """Count one more write. Call it in the transaction of the write: pages are cached by the revision."""
        with connection.cursor() as cursor:
            table = connection.ops.quote_name(self._meta.db_table)
            cursor.execute(f"UPDATE {table} SET revision = revision + 1 WHERE id = %s RETURNING revision", [self.pk])  # noqa: S608
            (self.revision,) = cursor.fetchone()


class RotationAssignment(models.Model):
    """The rotation plan: where a person belongs in a period."""

    schedule = models.ForeignKey(
        Schedule, on_delete=models.CASCADE, related_name="rotation_assignments", db_index=False
    )
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="rotation_assignments")
    # A period goes with its whole year or program, never by itself from under a plan.
    period = models.ForeignKey(Period, on_delete=models.RESTRICT, related_name="+")
    rotation = models.ForeignKey(Rotation, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=9, choices=Source, default=Source.GENERATED)
    is_pinned = models.BooleanField(default=False)
    note = models.CharField(max_length=200, blank=True, default="", db_default="")
    override = models.CharField(
        max_length=300, blank=True, default="", db_default="", help_text="Why it stands although it breaks a rule."
    )

    class Meta:
        ordering = ["schedule", "person", "period"]
        constraints = [
            # Its index also serves the year grid: all placements of a schedule.
            models.UniqueConstraint(
                fields=["schedule", "person", "period"],
                name="one_rotation_per_person_and_period",
                violation_error_message="This person is placed in this period already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.period}: {self.rotation}"


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def between(self, first: date, last: date) -> "AssignmentQuerySet":
        """Those whose block belongs to one of these dates."""
        return self.filter(block__date__range=(first, last))

    def on_at(self, moment: datetime | None = None) -> "AssignmentQuerySet":
        """Those whose block has begun and not ended at a moment (default: now)."""
        moment = moment or timezone.now()
        # No shift is longer than LONGEST_SHIFT; saying so lets the index end where it can.
        return self.filter(
            block__starts_at__lte=moment, block__starts_at__gt=moment - LONGEST_SHIFT, block__ends_at__gt=moment
        )


class Assignment(models.Model):
    """The roster: a person works a block for a rotation."""

    class Role(models.TextChoices):
        PRIMARY = "primary", "primary"
        SUPERVISING = "supervising", "supervising"
        BACKUP = "backup", "backup"

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="assignments", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="assignments", db_index=False)
    block = models.ForeignKey(Block, on_delete=models.PROTECT, related_name="assignments", db_index=False)
    rotation = models.ForeignKey(Rotation, on_delete=models.PROTECT, related_name="+", db_index=False)
    role = models.CharField(max_length=11, choices=Role, default=Role.PRIMARY)
    source = models.CharField(max_length=9, choices=Source, default=Source.GENERATED)
    is_pinned = models.BooleanField(default=False)
    note = models.CharField(max_length=200, blank=True, default="", db_default="")
    override = models.CharField(
        max_length=300, blank=True, default="", db_default="", help_text="Why it stands although it breaks a rule."
    )

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["schedule", "block", "person"]
        indexes = [
            # One person's calendar over all schedules, and deleting a person.
            models.Index(fields=["person"], name="assignment_person"),
            # Month grid, day view, who is on: the people of given blocks in a schedule.
            models.Index(fields=["block", "schedule"], name="assignment_block"),
        ]
        constraints = [
            # Its index also serves one person's calendar in a schedule, and reading a whole schedule.
            models.UniqueConstraint(
                fields=["schedule", "person", "block"],
                name="one_assignment_per_schedule_person_and_block",
                violation_error_message="This person works this block already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.block}: {self.rotation}"


def next_schedule_number(program: Program) -> int:
    last = Schedule.objects.filter(program=program).aggregate(last=models.Max("number"))["last"]
    return (last or 0) + 1
