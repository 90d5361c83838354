"""The pages of what one is told: the list, and how one wants to be told."""

from datetime import timedelta
from itertools import groupby

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from people.forms import NoticeChoices
from people.mail import address_of
from people.models import Notice
from people.navigation import frame
from people.notice_choices import BY_MAIL, choose, kinds_for, sends_mail
from people.notices import mark_read
from people.requests import back, changes, signed_in_user

PAGE_SIZE = 50


def notices(request: HttpRequest) -> HttpResponse:
    """What the user was told, newest first, by day."""
    user = signed_in_user(request)
    rows = Notice.objects.filter(user=user).select_related("program")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    days = [(day, list(told)) for day, told in groupby(page, key=_day)]
    return render(request, "people/notices.html", {**frame(user, None, "notices"), "page": page, "days": days})


def _day(notice: Notice) -> str:
    """The day of a notice where its program is, in words."""
    zone = notice.program.zone
    today, day = timezone.localdate(timezone=zone), timezone.localdate(notice.created_at, zone)
    named = {today: "Today", today - timedelta(days=1): "Yesterday"}
    return named.get(day, f"{day:%a %-d %B}" if day.year == today.year else f"{day:%a %-d %B %Y}")


@changes("notices")
def read_notices(request: HttpRequest) -> HttpResponse:
    """Mark all of the user's notices as read."""
    mark_read(user=signed_in_user(request))
    return redirect("notices")


def read_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one of the user's notices as read, by POST; somebody else's, or none, is let be."""
    if request.method != "POST":
        return redirect("notices")
    mark_read(user=signed_in_user(request), pk=pk)
    return redirect(back(request) or "notices")


def choices(request: HttpRequest) -> HttpResponse:
    """How the user wants to be told of what."""
    user = signed_in_user(request)
    context = frame(user, None, "notices")
    form = NoticeChoices(request.POST or None, user=user, kinds=kinds_for(user, context["person"]))
    if request.method == "POST" and form.is_valid():
        chosen = dict(form.cleaned_data)
        choose(user=user, by_mail=chosen.pop(BY_MAIL), choices=chosen)
        messages.success(request, "That is how you are told from now on.")
        return redirect("notice-choices")
    return render(
        request,
        "people/notice_choices.html",
        {**context, "form": form, "sends_mail": sends_mail(), "address": address_of(user)},
    )
