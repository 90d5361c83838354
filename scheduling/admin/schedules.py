from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from people.admin_base import AuditedAdmin, ReadOnlyAdmin
from people.requests import signed_in_user
from scheduling.admin.actions import BOTH, say
from scheduling.models import Assignment, RotationAssignment, Schedule
from scheduling.services import generate
from scheduling.services.drafts import new_draft
from scheduling.services.publish import publish


@admin.register(Schedule)
class ScheduleAdmin(AuditedAdmin):
    """Versions. All but the note is changed by actions; a new empty draft is an action of its academic year."""

    list_display = ["__str__", "program", "status", "start_date", "end_date", "revision", "created_at", "published_at"]
    list_filter = ["program", "status"]
    list_select_related = ["program", "academic_year"]
    list_per_page = 50
    search_fields = ["program__name", "note"]
    fields = [
        ("program", "academic_year"),
        ("number", "status", "revision"),
        ("start_date", "end_date"),
        "note",
        "based_on",
        ("created_by", "created_at"),
        ("published_by", "published_at"),
    ]
    readonly_fields = [
        "program",
        "academic_year",
        "number",
        "status",
        "revision",
        "start_date",
        "end_date",
        "based_on",
        "created_by",
        "created_at",
        "published_by",
        "published_at",
    ]
    actions = ["generate", "publish", "new_draft"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Schedule | None = None) -> bool:
        """What residents see is never deleted, nor what a worker is at work on, and so nothing from the list."""
        return (
            obj is not None and obj.status != Schedule.Status.PUBLISHED and super().has_delete_permission(request, obj)
        )

    @admin.action(description="Generate", location=BOTH, permissions=["change"])
    def generate(self, request: HttpRequest, queryset: QuerySet[Schedule]) -> None:
        for schedule in queryset:
            try:
                run = generate.request(schedule=schedule, user=signed_in_user(request))
            except ValidationError as error:
                say(self, request, error)
            else:
                page = reverse("admin:scheduling_generationrun_change", args=[run.pk])
                self.message_user(
                    request, format_html('{} is being generated: <a href="{}">{}</a>.', schedule, page, run)
                )

    @admin.action(description="Publish", location=BOTH, permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Schedule]) -> None:
        for schedule in queryset:
            try:
                published = publish(schedule=schedule, user=signed_in_user(request))
            except ValidationError as error:
                say(self, request, error)
            else:
                self.message_user(request, f"{published} is what everybody in {published.program} sees now.")

    @admin.action(description="New draft from this", location=BOTH, permissions=["change"])
    def new_draft(self, request: HttpRequest, queryset: QuerySet[Schedule]) -> None:
        for schedule in queryset:
            try:
                draft = new_draft(academic_year=schedule.academic_year, user=signed_in_user(request), based_on=schedule)
            except ValidationError as error:
                say(self, request, error)
            else:
                self.message_user(request, f"{draft} is made from {schedule}.")


@admin.register(RotationAssignment)
class RotationAssignmentAdmin(ReadOnlyAdmin):
    list_display = ["person", "period", "rotation", "schedule", "source", "is_pinned"]
    list_filter = ["schedule__program", "schedule__status", "is_pinned", "source"]
    list_select_related = ["person", "period", "rotation", "schedule__academic_year"]
    search_fields = ["person__name", "person__code"]
    show_full_result_count = False


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyAdmin):
    list_display = ["person", "block", "rotation", "role", "schedule", "source", "is_pinned"]
    list_filter = ["schedule__program", "schedule__status", "role", "is_pinned", "source"]
    list_select_related = ["person", "block__shift_type", "rotation", "schedule__academic_year"]
    search_fields = ["person__name", "person__code"]
    show_full_result_count = False
