"""The ledger of cover: who stood in for whom, and so who owes whom a shift."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from people.models import Person, Program
from scheduling.models.edit import Edit
from scheduling.models.plan import Schedule


class CoverQuerySet(models.QuerySet["Cover"]):
    def standing(self) -> "CoverQuerySet":
        """Those whose edit was not undone, and is not in a draft that nobody has published."""
        return self.filter(edit__undone_at__isnull=True).exclude(schedule__status=Schedule.Status.DRAFT)


class Cover(models.Model):
    """One shift that a person worked in another's place.

    A balance is the shifts worked for others less those that others worked for oneself, `is_owed` ones only. Paying
    back is a cover the other way round; `pays_back` says which one it was chosen for. What was undone stays until it
    cannot be done again: ask for `standing()`. The shift is kept in words and hours, since the schedule goes on
    changing.
    """

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="covers", db_index=False)
    schedule = models.ForeignKey(Schedule, on_delete=models.SET_NULL, null=True, blank=True, related_name="covers")
    edit = models.ForeignKey(Edit, on_delete=models.CASCADE, null=True, blank=True, related_name="covers")
    absent = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="covers_received")
    covering = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="covers_given")
    date = models.DateField()
    shift = models.CharField(max_length=160, help_text="Rotation and shift in words.")
    hours = models.DecimalField(
        max_digits=4, decimal_places=2, validators=[MinValueValidator(0), MaxValueValidator(28)]
    )
    is_backup = models.BooleanField("from backup", default=False, help_text="Whoever covered was on backup (jeopardy).")
    is_owed = models.BooleanField(default=True, help_text="Off: nobody owes anything for it.")
    pays_back = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CoverQuerySet.as_manager()

    class Meta:
        ordering = ["-date", "-pk"]
        indexes = [
            # The ledger of a program, newest first.
            models.Index(fields=["program", "-date"], name="cover_program_date"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(absent=F("covering")),
                name="nobody_covers_for_themself",
                violation_error_message="Nobody covers for themself: choose somebody else.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.covering} for {self.absent}, {self.date:%a %-d %b} {self.shift}"
