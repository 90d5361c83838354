"""People, accounts and programs for admins. Coordinators work on the site's own pages."""

from http import HTTPStatus

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.db import transaction
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse

from people.admin_base import AuditedAdmin, ReadOnlyAdmin
from people.models import AuditLog, Person, Program, Standing, User

admin.site.site_header = "Residency scheduler"
admin.site.site_title = "Residency scheduler"
admin.site.index_title = "Everything, for admins"


@admin.register(Program)
class ProgramAdmin(AuditedAdmin):
    list_display = ["name", "slug", "period_scheme", "rule_set", "time_zone", "shows_who_is_on"]
    list_filter = ["period_scheme", "rule_set"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}

    def get_readonly_fields(self, request: HttpRequest, obj: Program | None = None) -> list[str]:
        """Blocks begin and end at instants: in another zone, what people work would be at other hours."""
        return ["time_zone"] if obj is not None and obj.shift_types.filter(blocks__isnull=False).exists() else []


class StandingInline(admin.TabularInline):
    model = Standing
    extra = 0


@admin.register(Person)
class PersonAdmin(AuditedAdmin):
    list_display = ["name", "code", "program", "type", "pgy_level", "track", "cohort", "is_chief", "is_active"]
    list_filter = ["program", "type", "pgy_level", "is_active", "is_chief"]
    list_select_related = ["program"]
    list_per_page = 50
    search_fields = ["name", "code", "email"]
    autocomplete_fields = ["program", "user"]
    inlines = [StandingInline]


@admin.register(User)
class UserAdmin(AuditedAdmin, DjangoUserAdmin):
    """Django's, with the role and the programs. Only the role admin enters this admin."""

    form = UserChangeForm
    list_display = ["username", "first_name", "last_name", "email", "role", "is_active"]
    list_filter = ["role", "is_active", "programs"]
    list_per_page = 50
    filter_horizontal = ["programs"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        ("Who they are", {"fields": ["first_name", "last_name", "email"]}),
        ("What they may do", {"fields": ["is_active", "role", "programs"]}),
        ("When", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (
            None,
            {
                "classes": ["wide"],
                "fields": ["username", "email", "role", "programs", "usable_password", "password1", "password2"],
            },
        )
    ]
    readonly_fields = ["last_login", "date_joined"]

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm, change: bool) -> None:
        assert isinstance(obj, User)
        obj.is_staff = obj.is_superuser = obj.role == User.Role.ADMIN
        super().save_model(request, obj, form, change)

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002 as the address calls it
        form_url: str = "",
    ) -> HttpResponse:
        """Django's page for setting somebody's password; that it was set is recorded, the password is not."""
        with transaction.atomic():
            response = super().user_change_password(request, id, form_url)
            if response.status_code == HTTPStatus.FOUND:
                user = User.objects.get(pk=id)
                self._record(request, user, "password set", {"name": str(user)})
        return response


@admin.register(AuditLog)
class AuditLogAdmin(ReadOnlyAdmin):
    """What was done, to be read; nobody changes it."""

    list_display = ["created_at", "user", "action", "target", "program"]
    list_filter = ["program", "action"]
    list_select_related = ["user", "program"]
    search_fields = ["target", "user__username"]
    date_hierarchy = "created_at"
