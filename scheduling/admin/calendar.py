from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from people.admin_base import AuditedAdmin, ReadOnlyAdmin
from people.requests import signed_in_user
from scheduling.admin.actions import BOTH, say
from scheduling.models import AcademicYear, Block, Period
from scheduling.models.calendar import period_dates
from scheduling.services.drafts import new_draft


class PeriodInline(admin.TabularInline):
    """The periods of a year; once it has schedules they are to be read, since its plans are made of them."""

    model = Period
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: AcademicYear | None = None) -> bool:
        return _is_open(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: AcademicYear | None = None) -> bool:
        return _is_open(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: AcademicYear | None = None) -> bool:
        return _is_open(obj) and super().has_delete_permission(request, obj)


def _is_open(year: AcademicYear | None) -> bool:
    return year is None or not year.schedules.exists()


@admin.register(AcademicYear)
class AcademicYearAdmin(AuditedAdmin):
    list_display = ["__str__", "program", "start_date", "end_date"]
    list_filter = ["program"]
    list_select_related = ["program"]
    search_fields = ["program__name"]
    autocomplete_fields = ["program"]
    inlines = [PeriodInline]
    actions = ["new_draft"]

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool) -> None:
        """A year that is given no periods gets those of the program's scheme."""
        super().save_related(request, form, formsets, change)
        year: AcademicYear = form.instance
        if not year.periods.exists():
            dates = period_dates(year.program.period_scheme, year.start_date, year.end_date)
            Period.objects.bulk_create(
                Period(academic_year=year, number=number, start_date=first, end_date=last)
                for number, (first, last) in enumerate(dates, start=1)
            )

    @admin.action(description="New empty draft", location=BOTH, permissions=["change"])
    def new_draft(self, request: HttpRequest, queryset: QuerySet[AcademicYear]) -> None:
        for year in queryset:
            try:
                draft = new_draft(academic_year=year, user=signed_in_user(request))
            except ValidationError as error:
                say(self, request, error)
            else:
                self.message_user(request, f"{draft} of {year.program} is made.")


@admin.register(Period)
class PeriodAdmin(ReadOnlyAdmin):
    """Periods are changed in their academic year; here they can be looked up."""

    list_display = ["__str__", "academic_year", "start_date", "end_date"]
    list_filter = ["academic_year__program"]
    list_select_related = ["academic_year"]
    search_fields = ["=number"]


@admin.register(Block)
class BlockAdmin(ReadOnlyAdmin):
    list_display = ["date", "shift_type", "starts_at", "ends_at"]
    list_filter = ["shift_type__program"]
    list_select_related = ["shift_type"]
    date_hierarchy = "date"
