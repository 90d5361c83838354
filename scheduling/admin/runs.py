from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from people.admin_base import ReadOnlyAdmin
from people.requests import signed_in_user
from scheduling.admin.actions import BOTH, say
from scheduling.models import Cover, GenerationRun, Inquiry
from scheduling.services import generate
from scheduling.services.inquiries import ask
from scheduling.services.jobs import fail_if_stale


@admin.register(GenerationRun)
class GenerationRunAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "program", "scope", "status", "progress", "phase", "gap", "requested_by", "created_at"]
    list_filter = ["status", "scope", "schedule__program"]
    list_select_related = ["schedule__program", "schedule__academic_year", "requested_by"]
    actions = ["cancel", "retry"]

    @admin.display(description="program", ordering="schedule__program")
    def program(self, run: GenerationRun) -> str:
        return str(run.schedule.program)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> GenerationRun | None:
        """The run as it stands: one that nobody works on any more is marked failed first."""
        run = super().get_object(request, object_id, from_field)
        return generate.fail_if_stale(run) if isinstance(run, GenerationRun) else None

    @admin.action(description="Cancel", location=BOTH)
    def cancel(self, request: HttpRequest, queryset: QuerySet[GenerationRun]) -> None:
        for run in queryset:
            try:
                run = generate.cancel(run=run, user=signed_in_user(request))
            except ValidationError as error:
                say(self, request, error)
            else:
                self.message_user(request, f"{run} is asked to stop." if run.is_active else f"{run} is cancelled.")

    @admin.action(description="Try again", location=BOTH)
    def retry(self, request: HttpRequest, queryset: QuerySet[GenerationRun]) -> None:
        for run in queryset:
            try:
                again = generate.retry(run=run, user=signed_in_user(request))
            except ValidationError as error:
                say(self, request, error)
            else:
                self.message_user(request, f"{again} waits for a worker.")


@admin.register(Inquiry)
class InquiryAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "program", "schedule", "status", "progress", "requested_by", "created_at"]
    list_filter = ["status", "kind", "schedule__program"]
    list_select_related = ["schedule__program", "schedule__academic_year", "requested_by"]
    actions = ["cancel"]

    @admin.display(description="program", ordering="schedule__program")
    def program(self, inquiry: Inquiry) -> str:
        return str(inquiry.schedule.program)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Inquiry | None:
        """The inquiry as it stands: one that nobody works on any more is marked failed first."""
        inquiry = super().get_object(request, object_id, from_field)
        return fail_if_stale(inquiry) if isinstance(inquiry, Inquiry) else None

    @admin.action(description="Cancel", location=BOTH)
    def cancel(self, request: HttpRequest, queryset: QuerySet[Inquiry]) -> None:
        for inquiry in queryset:
            try:
                inquiry = ask.cancel(inquiry=inquiry, user=signed_in_user(request))
            except ValidationError as error:
                say(self, request, error)
            else:
                done = "is asked to stop" if inquiry.is_active else "is cancelled"
                self.message_user(request, f"{inquiry} {done}.")


@admin.register(Cover)
class CoverAdmin(ReadOnlyAdmin):
    list_display = ["date", "program", "absent", "covering", "shift", "is_backup", "is_owed", "created_by"]
    list_filter = ["is_backup", "is_owed", "program"]
    list_select_related = ["program", "absent", "covering", "created_by"]
    search_fields = ["absent__name", "covering__name"]
    date_hierarchy = "date"
