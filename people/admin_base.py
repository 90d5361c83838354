"""What the admin pages of all apps share. Changes by hand go into the same audit log as what services do."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest

from people.models import Program, User, record


class OneProgramForm(ModelForm):
    """Refuses what belongs to another program than the row: everything that is made of a program counts on that.

    The row's program is that of its first value that has one, in the order of the model's fields.
    """

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        row = self.instance
        expected = None if row._state.adding else getattr(row, "program_id", None)
        for name in self.fields:
            for value in _several(values.get(name)):
                owner = _program_id(value)
                if expected is None:
                    expected = owner
                elif owner is not None and owner != expected:
                    self.add_error(name, self._foreign(value, expected))
                    break
        return values

    def _foreign(self, value: Model, expected: int) -> str:
        program = Program.objects.get(pk=expected)
        if isinstance(value, Program):
            return f"This belongs to {program}, and others of that program name it: add it to {value} anew instead."
        owner = Program.objects.get(pk=_program_id(value) or 0)
        return f"{value} belongs to {owner}: choose from {program}."


def _several(value: Any) -> Iterable[Any]:
    return value if isinstance(value, QuerySet) else (value,)


def _program_id(value: Any) -> int | None:
    """The program that something belongs to; None for what belongs to none (accounts, dates, words)."""
    if isinstance(value, Program):
        return value.pk
    found: int | None = getattr(value, "program_id", None)
    return found if found is not None else getattr(getattr(value, "academic_year", None), "program_id", None)


class AuditedAdmin(admin.ModelAdmin):
    """Writes an audit entry for each row that is added, changed or deleted here, inline ones too.

    The entry belongs to the row's program, found by `program_path`: the attributes that lead there.
    """

    form: type[ModelForm] = OneProgramForm
    program_path: Iterable[str] = ("program",)

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        self._record(request, obj, "changed" if change else "added", _changes(form))

    def save_formset(self, request: HttpRequest, form: ModelForm, formset: BaseModelFormSet, change: bool) -> None:
        deleted = [each for each in formset.deleted_forms if not each.instance._state.adding]
        for each in deleted:
            self._record(request, each.instance, "deleted", {"name": str(each.instance)}, parent=form.instance)
        saved = [
            (each, "added" if each.instance._state.adding else "changed")
            for each in formset.forms
            if each.has_changed() and each not in formset.deleted_forms
        ]
        super().save_formset(request, form, formset, change)
        for each, verb in saved:
            self._record(request, each.instance, verb, _changes(each), parent=form.instance)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        self._record(request, obj, "deleted", {"name": str(obj)})
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        # Django has no transaction around this action: pages would be kept between the entries and the deletion.
        with transaction.atomic():
            for obj in queryset:
                self._record(request, obj, "deleted", {"name": str(obj)})
            super().delete_queryset(request, queryset)

    def _record(
        self, request: HttpRequest, obj: Model, verb: str, changes: dict[str, Any], *, parent: Model | None = None
    ) -> None:
        """An entry of a row, or of an inline row of `parent`."""
        assert isinstance(request.user, User)
        record(
            user=request.user,
            action=f"{obj._meta.verbose_name} {verb}"[:40],
            target=obj,
            program=self._program(parent or obj) if verb != "deleted" or not isinstance(obj, Program) else None,
            changes=changes,
        )

    def _program(self, obj: Model) -> Program | None:
        found: Any = obj
        for name in () if isinstance(obj, Program) else self.program_path:
            found = getattr(found, name, None)
        return found if isinstance(found, Program) else None


def _changes(form: ModelForm) -> dict[str, Any]:
    fields = [name for name in form.changed_data if "password" not in name and name in form.cleaned_data]
    return {"name": str(form.instance)} | {name: str(form.cleaned_data[name]) for name in fields}


class ReadOnlyAdmin(admin.ModelAdmin):
    """To be read: what is here is written by services."""

    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
