"""What a program schedules: its rotations and shift types."""

from datetime import date, datetime, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from people.models import Program
from scheduling.models.fields import validate_code, validate_levels, validate_weekdays


class ShiftType(models.Model):
    """When a block starts and how long it lasts, by the wall clock of the program."""

    class Duty(models.TextChoices):
        IN_HOUSE = "in_house", "in-house work"
        HOME_CALL = "home_call", "home call"
        BACKUP = "backup", "backup (jeopardy)"

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="shift_types")
    name = models.CharField(max_length=60)
    code = models.CharField(max_length=12, validators=[validate_code])
    start_time = models.TimeField()
    hours = models.DecimalField(
        max_digits=4, decimal_places=2, validators=[MinValueValidator(0.25), MaxValueValidator(28)]
    )
    counted_hours = models.DecimalField(
        max_digits=4,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="Hours that count as work where they are not its whole length, such as home call.",
    )
    duty = models.CharField(max_length=10, choices=Duty, default=Duty.IN_HOUSE)
    is_night = models.BooleanField(default=False)
    is_call = models.BooleanField("is in-house call", default=False, help_text="Counts for the every-third-night rule.")
    not_followed_by = models.ManyToManyField("self", blank=True, symmetrical=False, related_name="may_not_follow")
    joins = models.ManyToManyField(
        "self", blank=True, help_text="May be worked on the same date, such as AM with PM; no rest lies between."
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["program", "position", "start_time"]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "code"],
                name="shift_type_code_is_unique_in_its_program",
                violation_error_message="Another shift type of this program has this code.",
            ),
            models.CheckConstraint(
                condition=Q(hours__gt=0, hours__lte=28),
                name="a_shift_lasts_more_than_0_and_at_most_28_hours",
                violation_error_message="A shift lasts more than 0 and at most 28 hours (24 and 4 to hand over).",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def instants(self, day: date) -> tuple[datetime, datetime]:
        """Start and end of this shift on a day, as aware datetimes in the program's zone.

        The start and the end are what the clock on the wall shows, so a night over the spring change of clocks
        is an hour shorter in real time and one over the autumn change an hour longer.
        """
        wall = datetime.combine(day, self.start_time)
        zone = self.program.zone
        end = wall + timedelta(hours=float(self.hours))
        return wall.replace(tzinfo=zone), end.replace(tzinfo=zone)


class Rotation(models.Model):
    """A service that people are placed on for a period."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="rotations")
    name = models.CharField(max_length=80)
    code = models.CharField(
        max_length=12,
        validators=[validate_code],
        help_text="Two to four letters are best: they fill a cell of the grid.",
    )
    colour = models.PositiveSmallIntegerField(
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(12)],
        help_text="One of the twelve hues.",
    )
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    is_night_float = models.BooleanField(default=False)
    is_vacation = models.BooleanField(default=False, help_text="Being placed here is being on vacation.")
    allows_vacation = models.BooleanField(default=True)
    weekly_hours_limit = models.PositiveSmallIntegerField(
        default=80,
        validators=[MinValueValidator(1), MaxValueValidator(88)],
        help_text="80; up to 88 where the review committee granted it (6.24).",
    )
    regular_shifts = models.ManyToManyField(
        ShiftType,
        blank=True,
        related_name="+",
        help_text="What everyone here works on the regular weekdays, such as clinic by day.",
    )
    regular_weekdays = models.JSONField(default=list, blank=True, validators=[validate_weekdays])

    class Meta:
        ordering = ["program", "position", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "code"],
                name="rotation_code_is_unique_in_its_program",
                violation_error_message="Another rotation of this program has this code.",
            ),
            models.CheckConstraint(
                condition=Q(weekly_hours_limit__gte=1, weekly_hours_limit__lte=88),
                name="a_rotation_has_at_most_88_hours_a_week",
                violation_error_message="A rotation has at most 88 hours a week (6.24).",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CrossCover(models.Model):
    """People placed on one rotation may be called to blocks of another."""

    rotation = models.ForeignKey(Rotation, on_delete=models.CASCADE, related_name="cross_cover")
    covers = models.ForeignKey(Rotation, on_delete=models.CASCADE, related_name="covered_by")
    shift_types = models.ManyToManyField(ShiftType, related_name="+")
    weekdays = models.JSONField(default=list, blank=True, validators=[validate_weekdays])
    levels = models.JSONField(default=list, blank=True, validators=[validate_levels])
    price = models.FloatField(default=1, validators=[MinValueValidator(0)])
    is_active = models.BooleanField(default=True, help_text="Off: kept, and not applied.")

    class Meta:
        verbose_name_plural = "cross-cover"
        constraints = [
            models.CheckConstraint(
                condition=~Q(rotation=F("covers")),
                name="a_rotation_does_not_cross_cover_itself",
                violation_error_message="A rotation covers itself already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rotation} covers {self.covers}"
