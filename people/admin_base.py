"""What the admin pages of all apps share. Changes by hand go into the same audit log as what services do."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from people.models import Program, User, record


class AuditedAdmin(admin.ModelAdmin):
    """Writes an audit entry for each row that is added, changed or deleted here.

    The entry belongs to the row's program, found by `program_path`: the attributes that lead there.
    """

    program_path: Iterable[str] = ("program",)

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        fields = [name for name in form.changed_data if "password" not in name]
        changes = {"name": str(obj)} | {
            name: str(form.cleaned_data[name]) for name in fields if name in form.cleaned_data
        }
        self._record(request, obj, "changed" if change else "added", changes)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        self._record(request, obj, "deleted", {"name": str(obj)})
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for obj in queryset:
            self._record(request, obj, "deleted", {"name": str(obj)})
        super().delete_queryset(request, queryset)

    def _record(self, request: HttpRequest, obj: Model, verb: str, changes: dict[str, Any]) -> None:
        assert isinstance(request.user, User)
        record(
            user=request.user,
            action=f"{obj._meta.verbose_name} {verb}"[:40],
            target=obj,
            program=self._program(obj) if verb != "deleted" or not isinstance(obj, Program) else None,
            changes=changes,
        )

    def _program(self, obj: Model) -> Program | None:
        found: Any = obj
        for name in () if isinstance(obj, Program) else self.program_path:
            found = getattr(found, name, None)
        return found if isinstance(found, Program) else None


class ReadOnlyAdmin(admin.ModelAdmin):
    """To be read: what is here is written by services."""

    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
