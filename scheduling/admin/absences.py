"""Leave for admins, to be read; what changes it are the site's own verbs, since schedules and people hear of it.

It is entered on the site: asked for by people, recorded by those who make the schedules.
"""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from absences.models import Absence
from absences.services import words
from people.admin_base import ReadOnlyAdmin
from people.requests import signed_in_user
from scheduling.admin.actions import BOTH, say
from scheduling.services import leave


@admin.register(Absence)
class AbsenceAdmin(ReadOnlyAdmin):
    """Denying takes a reason, and so the site's page of the request."""

    list_display = ["person", "kind", "start_date", "end_date", "status", "decided_by"]
    list_filter = ["status", "kind", "person__program"]
    list_select_related = ["person", "decided_by"]
    search_fields = ["person__name", "person__code"]
    date_hierarchy = "start_date"
    actions = ["approve", "withdraw"]

    @admin.action(description="Approve", location=BOTH)
    def approve(self, request: HttpRequest, queryset: QuerySet[Absence]) -> None:
        for absence in queryset.select_related("person"):
            try:
                leave.approve(absence=absence, user=signed_in_user(request))
            except ValidationError as error:
                say(self, request, error)
            else:
                self.message_user(request, f"The leave of {absence.person}, {words(absence)}, is approved.")

    @admin.action(description="Withdraw", location=BOTH)
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Absence]) -> None:
        for absence in queryset.select_related("person"):
            try:
                leave.withdraw(absence=absence, user=signed_in_user(request))
            except ValidationError as error:
                say(self, request, error)
            else:
                self.message_user(request, f"The leave of {absence.person}, {words(absence)}, is withdrawn.")
