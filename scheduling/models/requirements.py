"""What a schedule has to satisfy: staffing, curriculum, sequence rules, placements and preferences.

Each row says one sentence of a program's rules. A price is what one missing or excess person, period or wish
costs the optimiser; a rule without a price is hard.
"""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from people.models import Person, Program
from scheduling.models.calendar import AcademicYear, Period
from scheduling.models.catalog import Rotation, ShiftType
from scheduling.models.fields import (
    validate_levels,
    validate_period_numbers,
    validate_weekdays,
    validate_words,
)

# A comparison with an empty value is neither true nor false, which a check lets pass: what must be there says so.
MOST_IS_NOT_BELOW_FEWEST = Q(most__isnull=True) | Q(fewest__isnull=True) | Q(most__gte=F("fewest"))
PERIODS_ARE_IN_ORDER = (
    Q(first_period__isnull=True) | Q(last_period__isnull=True) | Q(last_period__gte=F("first_period"))
)


class Staffing(models.Model):
    """How many people one rotation, or several together, need and can take: in a period, or in a block."""

    class Holidays(models.TextChoices):
        ALSO = "also", "holidays too"
        NOT = "not", "not on holidays"
        ONLY = "only", "only on holidays"

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="staffing")
    name = models.CharField(max_length=80)
    rotations = models.ManyToManyField(Rotation, related_name="staffing")
    shift_type = models.ForeignKey(
        ShiftType,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="staffing",
        help_text="Set: people in each block of this shift type. Blank: people placed in each period.",
    )
    weekdays = models.JSONField(default=list, blank=True, validators=[validate_weekdays])
    holidays = models.CharField(max_length=5, choices=Holidays, default=Holidays.ALSO)
    first_period = models.PositiveSmallIntegerField(null=True, blank=True)
    last_period = models.PositiveSmallIntegerField(null=True, blank=True)
    levels = models.JSONField("levels counted", default=list, blank=True, validators=[validate_levels])
    excluded_tracks = models.JSONField(default=list, blank=True, validators=[validate_words])
    fewest = models.PositiveSmallIntegerField(default=0)
    most = models.PositiveSmallIntegerField(null=True, blank=True)
    weight = models.FloatField(default=1, help_text="What one person counts.")
    part_leave_weight = models.FloatField(
        null=True, blank=True, help_text="What a person counts who is on leave for a part of the period."
    )
    price_below = models.FloatField(default=1000, validators=[MinValueValidator(0)])
    price_above = models.FloatField(default=100, validators=[MinValueValidator(0)])
    is_active = models.BooleanField(default=True, help_text="Off: kept, and not applied.")

    class Meta:
        verbose_name_plural = "staffing"
        ordering = ["program", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=MOST_IS_NOT_BELOW_FEWEST,
                name="staffing_most_is_not_below_fewest",
                violation_error_message="The most is below the fewest.",
            ),
            models.CheckConstraint(
                condition=PERIODS_ARE_IN_ORDER,
                name="staffing_last_period_is_not_before_first",
                violation_error_message="The last period is before the first.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Curriculum(models.Model):
    """How many periods of a rotation, or of several together, a level owes in a year."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="curriculum")
    level = models.PositiveSmallIntegerField(help_text="PGY level; 0 for faculty.")
    track = models.CharField(max_length=30, blank=True)
    rotations = models.ManyToManyField(Rotation, related_name="curriculum")
    fewest = models.PositiveSmallIntegerField(default=0)
    most = models.PositiveSmallIntegerField(null=True, blank=True)
    waived_on_leave = models.BooleanField(
        default=False, help_text="Not owed by somebody who is on leave for a whole period."
    )
    allows_leave = models.BooleanField(default=True, help_text="A period that is partly leave may be spent here.")
    counts_history = models.BooleanField(
        default=False, help_text="What was done before the academic year counts: owed over the whole residency."
    )
    price = models.FloatField(default=1000, validators=[MinValueValidator(0)])
    is_active = models.BooleanField(default=True, help_text="Off: kept, and not applied.")

    class Meta:
        verbose_name_plural = "curriculum"
        ordering = ["program", "level", "track", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=MOST_IS_NOT_BELOW_FEWEST,
                name="curriculum_most_is_not_below_fewest",
                violation_error_message="The most is below the fewest.",
            ),
        ]

    def __str__(self) -> str:
        return f"Level {self.level}{' ' if self.track else ''}{self.track}: {self.fewest} to {self.most or 'any'}"


class SequenceRule(models.Model):
    """Which rotations may, must or should follow which, and when in the year."""

    class Kind(models.TextChoices):
        NOT_IN_A_ROW = "not_in_a_row", "not in a row"
        IN_A_ROW = "in_a_row", "in a row preferred"
        AT_MOST = "at_most", "at most so many in any so many periods"
        GAP = "gap", "not again after so many periods"
        ONLY_IN = "only_in", "only in some periods"
        MUST_BE_IN = "must_be_in", "must be in some periods"
        STINT = "stint", "shortest and longest stint"

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="sequence_rules")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=Kind)
    levels = models.JSONField(default=list, blank=True, validators=[validate_levels])
    track = models.CharField(max_length=30, blank=True, help_text="Blank: every track; - for categorical people only.")
    rotations = models.ManyToManyField(Rotation, related_name="sequence_rules")
    next_rotations = models.ManyToManyField(
        Rotation, blank=True, related_name="+", help_text="Blank: the same rotation again."
    )
    fewest = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Shortest stint.")
    most = models.PositiveSmallIntegerField(null=True, blank=True, help_text="At most so many, or the longest stint.")
    window = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="In any so many periods; or the number of periods between."
    )
    first_period = models.PositiveSmallIntegerField(null=True, blank=True)
    last_period = models.PositiveSmallIntegerField(null=True, blank=True)
    starts = models.JSONField(
        default=list,
        blank=True,
        validators=[validate_period_numbers],
        help_text="Only where the first of the periods in a row is one of these; empty: anywhere.",
    )
    price = models.FloatField(
        null=True,
        blank=True,
        help_text="Blank: hard. What breaking it costs, or what keeping a preferred row earns.",
    )
    is_active = models.BooleanField(default=True, help_text="Off: kept, and not applied.")

    class Meta:
        ordering = ["program", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="at_most") | Q(most__isnull=False),
                name="at_most_needs_most",
                violation_error_message="Say how many at most.",
            ),
            models.CheckConstraint(
                condition=~Q(kind="gap") | Q(window__isnull=False),
                name="a_gap_needs_its_number_of_periods",
                violation_error_message="Say how many periods lie between.",
            ),
            models.CheckConstraint(
                condition=MOST_IS_NOT_BELOW_FEWEST,
                name="longest_stint_is_not_below_shortest",
                violation_error_message="The most is below the fewest.",
            ),
            models.CheckConstraint(
                condition=PERIODS_ARE_IN_ORDER,
                name="sequence_rule_last_period_is_not_before_first",
                violation_error_message="The last period is before the first.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Placement(models.Model):
    """A human's word on one person in one period or block: on one of these rotations, or on none of them."""

    academic_year = models.ForeignKey(AcademicYear, on_delete=models.CASCADE, related_name="placements")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="placements")
    period = models.ForeignKey(Period, on_delete=models.CASCADE, null=True, blank=True, related_name="placements")
    date = models.DateField(null=True, blank=True)
    shift_type = models.ForeignKey(ShiftType, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    rotations = models.ManyToManyField(Rotation, related_name="placements")
    is_allowed = models.BooleanField(default=True, help_text="Off: on none of these rotations.")

    class Meta:
        ordering = ["academic_year", "person", "period", "date"]
        constraints = [
            models.CheckConstraint(
                condition=Q(period__isnull=False, date__isnull=True, shift_type__isnull=True)
                | Q(period__isnull=True, date__isnull=False, shift_type__isnull=False),
                name="a_placement_is_for_a_period_or_for_a_block",
                violation_error_message="Name either a period, or a date and a shift type.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.period or self.date}"


class Preference(models.Model):
    """A wish: to be on a rotation in a period, to work or not to work on some days."""

    academic_year = models.ForeignKey(AcademicYear, on_delete=models.CASCADE, related_name="preferences")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="preferences")
    period = models.ForeignKey(Period, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    rotation = models.ForeignKey(Rotation, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    start_date = models.DateField(null=True, blank=True)
    end_date = models.DateField(null=True, blank=True)
    shift_type = models.ForeignKey(ShiftType, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    wants = models.BooleanField(default=True, help_text="Off: would rather not.")
    weight = models.FloatField(default=1, validators=[MinValueValidator(0)])
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["academic_year", "person", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    period__isnull=False, rotation__isnull=False, start_date__isnull=True, end_date__isnull=True
                )
                | Q(
                    period__isnull=True,
                    start_date__isnull=False,
                    end_date__isnull=False,
                    end_date__gte=F("start_date"),
                ),
                name="a_preference_is_for_a_rotation_in_a_period_or_for_days",
                violation_error_message="Name a period and a rotation, or a first and a last day in order.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {'wants' if self.wants else 'avoids'} {self.rotation or self.shift_type or 'work'}"


class History(models.Model):
    """Periods of a rotation that a person has done before the academic year; they count toward the curriculum."""

    academic_year = models.ForeignKey(AcademicYear, on_delete=models.CASCADE, related_name="history")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="history")
    rotation = models.ForeignKey(Rotation, on_delete=models.CASCADE, related_name="+")
    periods = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name_plural = "history"
        ordering = ["academic_year", "person", "rotation"]
        constraints = [
            models.UniqueConstraint(
                fields=["academic_year", "person", "rotation"],
                name="one_history_row_per_person_and_rotation",
                violation_error_message="This person's periods of this rotation are recorded already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.periods} of {self.rotation}"


class Cohort(models.Model):
    """X+Y: in which periods of a year the people of a cohort are on their Y, such as clinic."""

    academic_year = models.ForeignKey(AcademicYear, on_delete=models.CASCADE, related_name="cohorts")
    name = models.CharField(max_length=30, help_text="As people name it: Person.cohort.")
    rotation = models.ForeignKey(Rotation, on_delete=models.CASCADE, related_name="+")
    periods = models.JSONField(default=list, blank=True, validators=[validate_period_numbers])
    may_be_there_otherwise = models.BooleanField(
        default=False, help_text="Off: its people are on this rotation in these periods only."
    )
    is_active = models.BooleanField(default=True, help_text="Off: kept, and not applied.")

    class Meta:
        ordering = ["academic_year", "name", "rotation"]
        constraints = [
            models.UniqueConstraint(
                fields=["academic_year", "name", "rotation"],
                name="one_row_per_cohort_and_rotation",
                violation_error_message="This cohort has its periods on this rotation already.",
            ),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="a_cohort_has_a_name",
                violation_error_message="Give the cohort the name that its people have.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.rotation}"
