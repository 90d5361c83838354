from django.contrib import admin

from people.admin_base import AuditedAdmin
from scheduling.models import Curriculum, History, Placement, Preference, SequenceRule, Staffing


@admin.register(Staffing)
class StaffingAdmin(AuditedAdmin):
    list_display = ["name", "program", "shift_type", "levels", "fewest", "most", "price_below"]
    list_filter = ["program", "shift_type"]
    list_select_related = ["program", "shift_type"]
    list_per_page = 50
    search_fields = ["name"]
    autocomplete_fields = ["program", "rotations", "shift_type"]


@admin.register(Curriculum)
class CurriculumAdmin(AuditedAdmin):
    list_display = ["__str__", "program", "level", "track", "fewest", "most", "waived_on_leave", "counts_history"]
    list_filter = ["program", "level", "track"]
    list_select_related = ["program"]
    list_per_page = 50
    autocomplete_fields = ["program", "rotations"]


@admin.register(SequenceRule)
class SequenceRuleAdmin(AuditedAdmin):
    list_display = ["name", "program", "kind", "levels", "track", "most", "window", "price"]
    list_filter = ["program", "kind"]
    list_select_related = ["program"]
    list_per_page = 50
    search_fields = ["name"]
    autocomplete_fields = ["program", "rotations", "next_rotations"]


class OfPersonAdmin(AuditedAdmin):
    """Rows of one person in an academic year."""

    program_path = ("academic_year", "program")
    list_filter = ["academic_year"]
    list_per_page = 50
    search_fields = ["person__name", "person__code"]


@admin.register(Placement)
class PlacementAdmin(OfPersonAdmin):
    list_display = ["person", "academic_year", "period", "date", "shift_type", "is_allowed"]
    list_select_related = ["person", "academic_year", "period", "shift_type"]
    autocomplete_fields = ["academic_year", "person", "period", "shift_type", "rotations"]


@admin.register(Preference)
class PreferenceAdmin(OfPersonAdmin):
    list_display = ["person", "academic_year", "period", "rotation", "start_date", "end_date", "wants", "weight"]
    list_select_related = ["person", "academic_year", "period", "rotation", "shift_type"]
    autocomplete_fields = ["academic_year", "person", "period", "rotation", "shift_type"]


@admin.register(History)
class HistoryAdmin(OfPersonAdmin):
    list_display = ["person", "academic_year", "rotation", "periods"]
    list_select_related = ["person", "academic_year", "rotation"]
    autocomplete_fields = ["academic_year", "person", "rotation"]
