"""Leave for admins; requests and decisions have pages of their own on the site."""

from django.contrib import admin

from absences.models import Absence
from people.admin_base import AuditedAdmin


@admin.register(Absence)
class AbsenceAdmin(AuditedAdmin):
    program_path = ("person", "program")
    list_display = ["person", "kind", "start_date", "end_date", "status", "decided_by"]
    list_filter = ["status", "kind", "person__program"]
    list_select_related = ["person", "decided_by"]
    list_per_page = 50
    search_fields = ["person__name", "person__code"]
    date_hierarchy = "start_date"
    autocomplete_fields = ["person", "decided_by"]
