from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from people.constraints import NoOverlap
from people.models import Person


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def approved(self) -> "AbsenceQuerySet":
        return self.filter(status=Absence.Status.APPROVED)

    def overlapping(self, first: date, last: date) -> "AbsenceQuerySet":
        return self.filter(start_date__lte=last, end_date__gte=first)


class Absence(models.Model):
    """Leave of one person, whole days, first and last included."""

    class Kind(models.TextChoices):
        VACATION = "vacation", "vacation"
        CONFERENCE = "conference", "conference"
        SICK = "sick", "sick"
        MEDICAL = "medical", "medical"
        PARENTAL = "parental", "parental"
        FAMILY_EMERGENCY = "family-emergency", "family emergency"
        BEREAVEMENT = "bereavement", "bereavement"
        MILITARY = "military", "military"
        JURY_DUTY = "jury-duty", "jury duty"
        OTHER = "other", "other"

    class Status(models.TextChoices):
        REQUESTED = "requested", "requested"
        APPROVED = "approved", "approved"
        DENIED = "denied", "denied"
        WITHDRAWN = "withdrawn", "withdrawn"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="absences", db_index=False)
    start_date = models.DateField("first day")
    end_date = models.DateField("last day")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.VACATION)
    status = models.CharField(max_length=10, choices=Status, default=Status.REQUESTED)
    reason = models.CharField(max_length=300, blank=True)
    decision_reason = models.CharField(max_length=300, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField("asked for", default=timezone.now, editable=False)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering = ["start_date", "person"]
        indexes = [
            # A person's leave list; also what the foreign key needs when a person is deleted.
            models.Index(fields=["person"], name="absence_person"),
            # Month grid and who is away: absences overlapping a range, all people.
            models.Index(fields=["start_date", "end_date"], name="absence_dates"),
            # One person's calendar and the overlap check of a new request.
            models.Index(fields=["person", "start_date", "end_date"], name="absence_person_dates"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_date__gte=F("start_date")),
                name="absence_does_not_end_before_it_starts",
                violation_error_message="The last day is before the first day.",
            ),
            NoOverlap(
                key="person",
                start="start_date",
                end="end_date",
                condition=Q(status="approved"),
                name="approved_absences_of_a_person_do_not_overlap",
                violation_error_message="This person already has approved leave on some of these days.",
            ),
        ]

    def __str__(self) -> str:
        days = f"{self.start_date:%-d %b %Y}"
        if self.end_date != self.start_date:
            days = f"{days} to {self.end_date:%-d %b %Y}"
        return f"{self.person}: {self.get_kind_display()}, {days}"
