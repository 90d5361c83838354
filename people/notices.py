"""What users are told: a list of their own, with how many are unread on every page, and mail for those who want it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet, Subquery
from django.utils import timezone
from django.utils.module_loading import import_string

from people.models import Notice, Program, User
from people.notice_choices import GATHER, is_listed, mail_at

LONGEST_SUBJECT = 160
LONGEST_ABOUT = 80
# By name: tasks stand above what they call.
TASK = "people.tasks.send_notices"


@dataclass(frozen=True, slots=True)
class Word:
    """One thing to tell one user. `lines` are sentences; `url` is the path of the page that shows it.

    `about` names the days in a few words, as in "Sat 7 Nov, night"; it ends the heading. `soonest` is the first day of
    the user's own work that is changed.
    """

    user: User
    program: Program
    kind: Notice.Kind
    subject: str
    url: str
    lines: Iterable[str] = ()
    about: str = ""
    soonest: date | None = None


def tell(
    *, users: Iterable[User], program: Program, kind: Notice.Kind, subject: str, lines: Iterable[str] = (), url: str
) -> int:
    """Tell each of these users once, as `tell_each` says; returns how many were."""
    once = {user.pk: user for user in users}.values()
    sentences = list(lines)
    return tell_each(Word(user, program, kind, subject, url, sentences) for user in once)


def tell_each(words: Iterable[Word]) -> int:
    """Put these into the users' lists, and see to their mail; returns how many were. Call it inside the transaction of
    what they are told about: the notices, and the task that mails them, are there when it commits (2 queries).

    Whoever has left, or has switched a kind off, is not told.
    """
    now = timezone.now()
    notices = [
        Notice(
            user=each.user,
            program=each.program,
            kind=each.kind,
            subject=each.subject[:LONGEST_SUBJECT],
            about=each.about[:LONGEST_ABOUT],
            lines=list(each.lines),
            url=each.url,
            mail_at=mail_at(each.user, each.kind, each.program, now, each.soonest),
        )
        for each in words
        if each.user.is_active and is_listed(each.user, each.kind)
    ]
    Notice.objects.bulk_create(notices)
    soon = now + GATHER
    if any(notice.mail_at == soon for notice in notices):  # daily ones are found by the worker's own rounds
        import_string(TASK).using(run_after=soon).enqueue()
    return len(notices)


def mark_read(*, user: User, pk: int | None = None) -> int:
    """Mark a user's notices as read, or the one of this key; returns how many were not."""
    rows = Notice.objects.filter(user=user, read_at__isnull=True)
    return (rows if pk is None else rows.filter(pk=pk)).update(read_at=timezone.now())


def unread(user: User | int) -> Subquery:
    """How many notices the user (or the one of this key) has not read, as a column: pages ask for it with what they
    ask for anyway. NULL where there are none.
    """
    mine: QuerySet[Notice] = Notice.objects.filter(user=user, read_at__isnull=True).order_by()
    return Subquery(mine.values("user").annotate(count=Count("pk")).values("count"))
