from django.contrib import admin
from django.http import HttpRequest

from people.admin_base import AuditedAdmin
from scheduling.models import CrossCover, Rotation, ShiftType
from scheduling.services.setup_codes import keepers


@admin.register(ShiftType)
class ShiftTypeAdmin(AuditedAdmin):
    list_display = ["name", "code", "program", "start_time", "hours", "duty", "is_night", "is_call"]
    list_filter = ["program", "duty", "is_night"]
    list_select_related = ["program"]
    search_fields = ["name", "code"]
    autocomplete_fields = ["program", "not_followed_by", "joins"]

    def get_readonly_fields(self, request: HttpRequest, obj: ShiftType | None = None) -> list[str]:
        """When a shift is, has been written into its blocks, and people rely on it: another time is another shift.
        So is another code, where changes by hand keep it."""
        fixed = ["program", "start_time", "hours"] if obj is not None and obj.blocks.exists() else []
        return [*fixed, "code"] if obj is not None and keepers(obj) else fixed


@admin.register(Rotation)
class RotationAdmin(AuditedAdmin):
    list_display = ["name", "code", "program", "colour", "weekly_hours_limit", "allows_vacation", "is_active"]
    list_filter = ["program", "is_active", "is_night_float", "is_vacation"]
    list_select_related = ["program"]
    list_per_page = 50
    search_fields = ["name", "code"]
    autocomplete_fields = ["program", "regular_shifts"]

    def get_readonly_fields(self, request: HttpRequest, obj: Rotation | None = None) -> list[str]:
        """A code stays where changes by hand keep it: they would mean nothing any more."""
        return ["code"] if obj is not None and keepers(obj) else []


@admin.register(CrossCover)
class CrossCoverAdmin(AuditedAdmin):
    program_path = ("rotation", "program")
    list_display = ["rotation", "covers", "price"]
    list_filter = ["rotation__program"]
    list_select_related = ["rotation", "covers"]
    autocomplete_fields = ["rotation", "covers", "shift_types"]
