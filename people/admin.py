"""People, accounts and programs for admins. Coordinators work on the site's own pages."""

from http import HTTPStatus

from django.contrib import admin, messages
from django.contrib.admin.options import ActionLocation
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse

from people import mail_sending
from people.admin_base import AuditedAdmin, ReadOnlyAdmin
from people.models import AuditLog, Mailing, Notice, Person, Program, Standing, User
from people.requests import signed_in_user

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


class NoticeInline(admin.TabularInline):
    """What is in a message; the sentences themselves are their reader's."""

    model = Notice
    fields = ["created_at", "program", "kind", "subject"]
    readonly_fields = ["created_at", "program", "kind", "subject"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Mailing)
class MailingAdmin(ReadOnlyAdmin):
    """Messages that were sent, wait to be tried again, or were given up, and what the mail server said."""

    list_display = ["__str__", "user", "status", "attempts", "created_at", "due_at", "sent_at", "error"]
    list_filter = ["status"]
    list_select_related = ["user"]
    search_fields = ["address", "user__username"]
    date_hierarchy = "created_at"
    inlines = [NoticeInline]
    actions = ["send_again"]

    @admin.action(
        description="Send again what was given up",
        location=[ActionLocation.CHANGE_FORM, ActionLocation.CHANGE_LIST],
    )
    def send_again(self, request: HttpRequest, queryset: QuerySet[Mailing]) -> None:
        for mailing in queryset:
            try:
                mail_sending.send_again(mailing=mailing, user=signed_in_user(request))
            except ValidationError as error:
                self.message_user(request, " ".join(error.messages), messages.ERROR)
            else:
                self.message_user(request, f"{mailing} is on its way again.")
