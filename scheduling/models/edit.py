"""What was changed by hand, so that it can be undone and done again."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from scheduling.models.plan import Schedule


class Edit(models.Model):
    """One change by hand of a schedule, whole: what it found and what it left, cell by cell.

    Undone edits are kept until whoever made them makes another one: then there is nothing to do again.
    """

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="edits", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    title = models.CharField(max_length=200, help_text="What was done, as the undo button says it.")
    reason = models.CharField(max_length=300, blank=True)
    cells = models.JSONField(help_text="What each cell was and became; see scheduling.services.edit.")
    revision = models.PositiveIntegerField(
        default=0, help_text="Of the schedule after it was made, undone or done again."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            # The strip of every page of a schedule: what its reader would undo, and do again.
            models.Index(fields=["schedule", "user", "-id"], name="edit_schedule_user"),
            # Open pages of a schedule: what was changed since the revision that they show.
            models.Index(fields=["schedule", "revision"], name="edit_schedule_revision"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title=""),
                name="an_edit_has_a_title",
                violation_error_message="Say what was done.",
            ),
        ]

    def __str__(self) -> str:
        return self.title
