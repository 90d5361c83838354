from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from people.admin_base import AuditedAdmin, ReadOnlyAdmin
from people.requests import signed_in_user
from scheduling.admin.actions import BOTH, say
from scheduling.models import Assignment, RotationAssignment, Schedule
from scheduling.services import generate
from scheduling.services.drafts import delete, new_draft
from scheduling.services.publish import publish
from scheduling.services.remaking import usual


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

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm, change: bool) -> None:
        assert isinstance(obj, Schedule)
        super().save_model(request, obj, form, change)
        obj.bump()

    def has_delete_permission(self, request: HttpRequest, obj: Schedule | None = None) -> bool:
        """Drafts, one by one: what residents see or have seen is kept."""
        return obj is not None and obj.status == Schedule.Status.DRAFT and super().has_delete_permission(request, obj)

    def get_deleted_objects(
        self, objs: Iterable[Schedule], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """What goes with a draft, in numbers: its rows are thousands, and nobody else's to delete."""
        counts: dict[str, int] = defaultdict(int)
        for schedule in objs:
            for rows in (schedule.rotation_assignments, schedule.assignments, schedule.runs):
                counts[str(rows.model._meta.verbose_name_plural)] += rows.count()
        return [str(schedule) for schedule in objs], dict(counts), set(), []

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except ValidationError as error:
            say(self, request, error)
            return redirect("admin:scheduling_schedule_change", object_id)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        assert isinstance(obj, Schedule)
        delete(schedule=obj, user=signed_in_user(request))

    @admin.action(description="Generate", location=BOTH, permissions=["change"])
    def generate(self, request: HttpRequest, queryset: QuerySet[Schedule]) -> None:
        for schedule in queryset:
            try:
                today = timezone.localdate(timezone=schedule.program.zone)
                run = generate.request(
                    schedule=schedule, user=signed_in_user(request), remakes=usual(schedule, today).data()
                )
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
