"""One run of the optimiser, from the request to the draft."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from scheduling.models.plan import Schedule


class GenerationRunQuerySet(models.QuerySet["GenerationRun"]):
    def active(self) -> "GenerationRunQuerySet":
        return self.filter(status__in=GenerationRun.ACTIVE)


class GenerationRun(models.Model):
    class Status(models.TextChoices):
        QUEUED = "queued", "waiting for a worker"
        RUNNING = "running", "running"
        SUCCEEDED = "succeeded", "finished"
        CANCELLED = "cancelled", "cancelled"
        FAILED = "failed", "failed"

    class Scope(models.TextChoices):
        YEAR = "year", "rotation plan and roster"
        PLAN = "plan", "rotation plan only"
        ROSTER = "roster", "roster only, from the plan as it is"

    ACTIVE = (Status.QUEUED, Status.RUNNING)

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="runs", db_index=False)
    scope = models.CharField(max_length=6, choices=Scope, default=Scope.YEAR)
    status = models.CharField(max_length=9, choices=Status, default=Status.QUEUED)
    phase = models.CharField(max_length=80, blank=True)
    progress = models.PositiveSmallIntegerField(default=0, help_text="Percent.")
    objective = models.FloatField(null=True, blank=True, help_text="Of the best solution so far; lower is better.")
    bound = models.FloatField(null=True, blank=True, help_text="No solution can have a lower objective.")
    gap = models.FloatField(null=True, blank=True, help_text="(objective - bound) / objective.")
    shortfalls = models.JSONField(default=list, blank=True)
    violations = models.JSONField(default=list, blank=True, help_text="What the rules found in the result.")
    versions = models.JSONField(default=dict, blank=True, help_text="Of the optimiser's packages.")
    seed = models.PositiveIntegerField(default=1)
    time_limit = models.PositiveIntegerField(default=600, help_text="Seconds for the optimiser.")
    error = models.TextField(blank=True, help_text="What went wrong, in words for the coordinator.")
    attempts = models.PositiveSmallIntegerField(default=0)
    # Whoever works on the run has put this token here; one who finds another's has lost the run and writes nothing.
    claim = models.UUIDField(null=True, editable=False)
    cancel_requested = models.BooleanField(default=False)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = GenerationRunQuerySet.as_manager()

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
            models.CheckConstraint(
                condition=Q(progress__lte=100),
                name="progress_is_at_most_100_percent",
                violation_error_message="Progress is at most 100 percent.",
            ),
        ]

    def __str__(self) -> str:
        return f"Run {self.pk} of {self.schedule}"

    @property
    def is_active(self) -> bool:
        return self.status in self.ACTIVE
