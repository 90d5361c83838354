"""What workers do: generations and inquiries, from the request to the end."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from scheduling.models.plan import Schedule


class JobQuerySet[J: "Job"](models.QuerySet[J]):
    def active(self) -> "JobQuerySet[J]":
        return self.filter(status__in=Job.ACTIVE)


class Job(models.Model):
    """A piece of work that a worker does for a schedule; `scheduling.services.jobs` says how."""

    class Status(models.TextChoices):
        QUEUED = "queued", "waiting for a worker"
        RUNNING = "running", "running"
        SUCCEEDED = "succeeded", "finished"
        CANCELLED = "cancelled", "cancelled"
        FAILED = "failed", "failed"

    ACTIVE = (Status.QUEUED, Status.RUNNING)

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="+", db_index=False)
    status = models.CharField(max_length=9, choices=Status, default=Status.QUEUED)
    phase = models.CharField(max_length=80, blank=True)
    progress = models.PositiveSmallIntegerField(default=0, help_text="Percent.")
    error = models.TextField(blank=True, help_text="What went wrong, in words for the coordinator.")
    attempts = models.PositiveSmallIntegerField(default=0)
    # Whoever works on the job has put this token here; one who finds another's has lost the job and writes nothing.
    claim = models.UUIDField(null=True, editable=False)
    cancel_requested = models.BooleanField(default=False)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def is_active(self) -> bool:
        return self.status in self.ACTIVE


PROGRESS_IS_PERCENT = models.CheckConstraint(
    condition=Q(progress__lte=100),
    name="progress_is_at_most_100_percent",
    violation_error_message="Progress is at most 100 percent.",
)


class GenerationRun(Job):
    """One run of the optimiser, from the request to the draft."""

    class Scope(models.TextChoices):
        YEAR = "year", "rotation plan and roster"
        PLAN = "plan", "rotation plan only"
        ROSTER = "roster", "roster only, from the plan as it is"

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="runs", db_index=False)
    scope = models.CharField(max_length=6, choices=Scope, default=Scope.YEAR)
    remakes = models.JSONField(
        default=dict,
        blank=True,
        help_text="What is made anew; empty: everything that is not pinned. See scheduling.services.remaking.",
    )
    objective = models.FloatField(null=True, blank=True, help_text="Of the best solution so far; lower is better.")
    bound = models.FloatField(null=True, blank=True, help_text="No solution can have a lower objective.")
    gap = models.FloatField(null=True, blank=True, help_text="(objective - bound) / objective.")
    shortfalls = models.JSONField(default=list, blank=True)
    violations = models.JSONField(default=list, blank=True, help_text="What the rules found in the result.")
    versions = models.JSONField(default=dict, blank=True, help_text="Of the optimiser's packages.")
    seed = models.PositiveIntegerField(default=1)
    time_limit = models.PositiveIntegerField(default=600, help_text="Seconds for the optimiser.")
    revision = models.PositiveIntegerField(
        null=True, blank=True, help_text="Of the schedule with the result in it; a higher one was changed since."
    )

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            # The schedule's page: its runs, newest first.
            models.Index(fields=["schedule", "-created_at"], name="run_schedule"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["schedule"],
                condition=Q(status__in=["queued", "running"]),
                name="one_active_run_per_schedule",
                violation_error_message="A generation of this schedule is under way already.",
            ),
            PROGRESS_IS_PERCENT,
        ]

    def __str__(self) -> str:
        return f"Run {self.pk} of {self.schedule}"


class Inquiry(Job):
    """A question about a schedule that the optimiser answers; the schedule is not changed by it."""

    class Kind(models.TextChoices):
        REPAIR = "repair", "plans to cover for somebody who is away"
        LEAVE = "leave", "what a leave request costs"
        FILL = "fill", "what would fill a block"
        CONFLICT = "conflict", "what cannot all hold"
        SPREAD = "spread", "the best spread that could be reached"

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="inquiries", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    parameters = models.JSONField(default=dict, blank=True, help_text="What is asked about; see the kind's service.")
    revision = models.PositiveIntegerField(help_text="Of the schedule when the answer was worked out.")
    answer = models.JSONField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "inquiries"
        ordering = ["-created_at", "-pk"]
        indexes = [
            # The newest answer of a kind about a schedule, and what is being asked about it.
            models.Index(fields=["schedule", "kind", "-created_at"], name="inquiry_schedule_kind"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(progress__lte=100),
                name="progress_of_an_inquiry_is_at_most_100_percent",
                violation_error_message="Progress is at most 100 percent.",
            ),
        ]

    def __str__(self) -> str:
        return f"Inquiry {self.pk}: {self.get_kind_display()}"
