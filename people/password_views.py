"""A new password by mail: Django's own pages, where the site sends mail; else the page says whom to ask."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.views import PasswordResetConfirmView, PasswordResetView
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator

from people.forms import AskForReset
from people.models import User, record
from people.notice_choices import sends_mail


@method_decorator(login_not_required, name="dispatch")
class AskForNewPassword(PasswordResetView):
    """Ask for the link. The answer is the same whether or not there is such an account."""

    template_name = "people/reset.html"
    form_class = AskForReset
    success_url = reverse_lazy("password-reset-sent")

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not sends_mail():
            return render(request, "people/reset_off.html")
        return super().dispatch(request, *args, **kwargs)


class SetNewPassword(PasswordResetConfirmView):
    """Behind the link: a new password, and that it was set in the audit log."""

    template_name = "people/reset_confirm.html"
    success_url = reverse_lazy("password-reset-done")

    def form_valid(self, form: SetPasswordForm[User]) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            user = form.user
            record(user=user, action="password set by mail", target=user, program=None, changes={"name": str(user)})
        return response
