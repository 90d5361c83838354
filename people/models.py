import zoneinfo
from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from people.inserting import Insert
from people.notice_models import Mailing, Notice

__all__ = [
    "FACULTY_LEVEL",
    "AuditLog",
    "Mailing",
    "Notice",
    "Person",
    "PersonQuerySet",
    "Program",
    "Standing",
    "User",
    "UserManager",
    "record",
    "validate_time_zone",
]

FACULTY_LEVEL = 0  # where a rule lists PGY levels, this one stands for faculty, who have none


def validate_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(f"{name!r} is no time zone. Use a name such as America/New_York.")


class Program(models.Model):
    """One residency or fellowship. It owns its people, rotations, rules and schedules."""

    class PeriodScheme(models.TextChoices):
        FOUR_WEEKS = "4w", "13 four-week periods"
        TWO_WEEKS = "2w", "26 two-week periods"
        ONE_WEEK = "1w", "52 one-week periods"
        MONTHS = "month", "calendar months"

    class RuleSet(models.TextChoices):
        ACGME_2025 = "acgme-2025", "ACGME Common Program Requirements 2025"
        ACGME_2023 = "acgme-2023", "ACGME Common Program Requirements 2023"
        NEW_YORK_405 = "ny-405", "New York State code 405"

    name = models.CharField(max_length=120, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    time_zone = models.CharField(max_length=60, default="America/New_York", validators=[validate_time_zone])
    period_scheme = models.CharField(max_length=5, choices=PeriodScheme, default=PeriodScheme.FOUR_WEEKS)
    rule_set = models.CharField(max_length=20, choices=RuleSet, default=RuleSet.ACGME_2025)
    # The program's own rules and prices over the defaults, by the names in scheduling/rules and scheduling/solver.
    rule_settings = models.JSONField(default=dict, blank=True)
    holiday_country = models.CharField(max_length=2, default="US", help_text="ISO country of its public holidays.")
    holiday_subdivision = models.CharField(max_length=6, blank=True, help_text="State or province, such as NY.")
    # By date as in "2026-12-24": the name of a holiday of the program's own, or null for a public one that it works.
    holiday_changes = models.JSONField(default=dict, blank=True)
    lock_days = models.PositiveSmallIntegerField(
        "lock window",
        default=0,
        validators=[MaxValueValidator(365)],
        help_text="Published days until so many days from today change only with a reason; 0: no lock.",
    )
    shows_who_is_on = models.BooleanField(
        "who is on is public",
        default=False,
        help_text="Anybody in the hospital may read who is on, unsigned.",
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


class UserManager(DjangoUserManager["User"]):
    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **fields: Any
    ) -> "User":
        """An account that may do everything: an admin, unless told otherwise."""
        return super().create_superuser(username, email, password, **{"role": User.Role.ADMIN, **fields})


class User(AbstractUser):
    """Somebody who signs in. What they may do comes from the role and from the programs they coordinate."""

    class Role(models.TextChoices):
        ADMIN = "admin", "admin"
        COORDINATOR = "coordinator", "coordinator"
        FACULTY = "faculty", "faculty"
        RESIDENT = "resident", "resident"

    role = models.CharField(max_length=12, choices=Role, default=Role.RESIDENT)
    programs = models.ManyToManyField(
        Program, blank=True, related_name="coordinators", verbose_name="programs they coordinate"
    )
    # By kind of notice, how the user wants it, where they have chosen; see people.notice_choices.
    notice_choices = models.JSONField(default=dict, blank=True)

    objects = UserManager()  # type: ignore[misc]

    class Meta:
        verbose_name = "user"
        ordering = ["username"]
        indexes = [
            # The lookup of sign-in is served by the unique index of username itself.
            # Whose address is it: an account by its exact address (support; sign-in itself goes by username).
            models.Index(fields=["email"], name="user_email"),
            # Admin: the list of accounts filtered by role.
            models.Index(fields=["role"], name="user_role"),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class PersonQuerySet(models.QuerySet["Person"]):
    def active(self) -> "PersonQuerySet":
        return self.filter(is_active=True)

    def residents(self) -> "PersonQuerySet":
        return self.filter(type=Person.Type.RESIDENT)

    def employed_between(self, first: date, last: date) -> "PersonQuerySet":
        return self.filter(
            Q(start_date__isnull=True) | Q(start_date__lte=last),
            Q(end_date__isnull=True) | Q(end_date__gte=first),
        )


class Person(models.Model):
    """A resident or a faculty member of one program. Level, share and cohort here are today's; see Standing."""

    class Type(models.TextChoices):
        RESIDENT = "resident", "resident"
        FACULTY = "faculty", "faculty"

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="people")
    user = models.OneToOneField(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="person")
    code = models.CharField(max_length=30, help_text="What the program's own lists call this person.")
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    type = models.CharField(max_length=8, choices=Type, default=Type.RESIDENT)
    pgy_level = models.PositiveSmallIntegerField("PGY level", null=True, blank=True)
    track = models.CharField(max_length=30, blank=True, help_text="Blank for categorical; preliminary, NEURO…")
    cohort = models.CharField(max_length=30, blank=True, help_text="X+Y group whose clinic weeks are fixed.")
    part_time_share = models.DecimalField(
        max_digits=3, decimal_places=2, default=1, validators=[MinValueValidator(0.1), MaxValueValidator(1)]
    )
    is_chief = models.BooleanField(default=False, help_text="A resident who is also a scheduler.")
    is_active = models.BooleanField(default=True)
    start_date = models.DateField(null=True, blank=True)
    end_date = models.DateField(null=True, blank=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "people"
        ordering = ["name"]
        indexes = [
            # People list: filter by resident or faculty.
            models.Index(fields=["type"], name="person_type"),
            # People list and every picker: active people only.
            models.Index(fields=["is_active"], name="person_is_active"),
            # Grids: rows grouped and filtered by level.
            models.Index(fields=["pgy_level"], name="person_pgy_level"),
            # Directory of active people by name, with address and type, read from the index alone.
            models.Index(
                fields=["name"],
                name="person_active_covering",
                include=["email", "type"],
                condition=Q(is_active=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "code"],
                name="person_code_is_unique_in_its_program",
                violation_error_message="Another person of this program has this code.",
            ),
            models.CheckConstraint(
                # Without isnull=False an empty level would make the condition unknown, which a check lets pass.
                condition=Q(type="resident", pgy_level__isnull=False, pgy_level__gte=1)
                | Q(type="faculty", pgy_level__isnull=True),
                name="a_resident_has_a_level_and_a_faculty_member_none",
                violation_error_message="A resident has a PGY level of 1 or more; a faculty member has none.",
            ),
            models.CheckConstraint(
                condition=Q(part_time_share__gt=0, part_time_share__lte=1),
                name="part_time_share_is_more_than_0_and_at_most_1",
                violation_error_message="The part-time share is more than 0 and at most 1.",
            ),
            models.CheckConstraint(
                condition=Q(end_date__isnull=True) | Q(start_date__isnull=True) | Q(end_date__gte=F("start_date")),
                name="person_does_not_end_before_start",
                violation_error_message="The end date is before the start date.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def level_label(self) -> str:
        return f"PGY-{self.pgy_level}" if self.pgy_level else "Faculty"


class Standing(models.Model):
    """What a person is from a date on, until the next such row: promotions never change a past schedule."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="standings")
    from_date = models.DateField()
    pgy_level = models.PositiveSmallIntegerField("PGY level", null=True, blank=True)
    track = models.CharField(max_length=30, blank=True)
    cohort = models.CharField(max_length=30, blank=True)
    part_time_share = models.DecimalField(max_digits=3, decimal_places=2, default=1)

    class Meta:
        ordering = ["person", "from_date"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "from_date"],
                name="one_standing_per_person_and_date",
                violation_error_message="This person already has a standing from this date.",
            ),
            models.CheckConstraint(
                condition=Q(part_time_share__gt=0, part_time_share__lte=1),
                name="share_of_a_standing_is_more_than_0_and_at_most_1",
                violation_error_message="The part-time share is more than 0 and at most 1.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} from {self.from_date}"


class AuditLog(models.Model):
    """Who did what to what, and what changed. Written by services, never changed."""

    program = models.ForeignKey(
        Program, on_delete=models.CASCADE, null=True, blank=True, related_name="audit_logs", db_index=False
    )
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="audit_logs", db_index=False)
    action = models.CharField(max_length=40)
    target = models.CharField(max_length=200, help_text="Kind and key of the thing, such as schedule:7.")
    changes = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            # Audit list: what one user did, newest first.
            models.Index(fields=["user", "-created_at"], name="audit_user"),
            # Audit list: the newest entries of all programs.
            models.Index(fields=["-created_at"], name="audit_created_at"),
            # Audit list: one kind of action, newest first.
            models.Index(fields=["action", "-created_at"], name="audit_action"),
            # Audit list of one program, newest first.
            models.Index(fields=["program", "-created_at"], name="audit_program"),
            # Every page: the newest entries of its program, and of none (accounts), which its cache goes by.
            models.Index(fields=["program", "id"], name="audit_program_key"),
            models.Index(fields=["id"], name="audit_no_program_key", condition=Q(program__isnull=True)),
            # Setup and sandboxes: what was done to one thing, newest first.
            models.Index(fields=["target", "-created_at"], name="audit_target"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target}"


insert_log = Insert(AuditLog, "program", "user", "action", "target", "changes", "created_at")


def record(
    *, user: User | None, action: str, target: models.Model, program: Program | None, changes: dict[str, Any]
) -> None:
    """Write one audit entry. Call it inside the transaction of what it records."""
    insert_log([log_row(user=user, action=action, target=target, program=program, changes=changes)])


def log_row(
    *, user: User | None, action: str, target: models.Model, program: Program | None, changes: dict[str, Any]
) -> tuple[Any, ...]:
    """An audit entry of now, for `insert_log`."""
    of = f"{target._meta.verbose_name}:{target.pk}"
    return program and program.pk, user and user.pk, action, of, changes, timezone.now()
