"""What users are told: a list of their own, with how many are unread on every page."""

from collections.abc import Iterable

from django.db.models import Count, QuerySet, Subquery
from django.utils import timezone

from people.models import Notice, Program, User

LONGEST_SUBJECT = 160


def tell(*, users: Iterable[User], program: Program, subject: str, lines: Iterable[str] = (), url: str) -> int:
    """Tell each of these users once; returns how many. Call it inside the transaction of what they are told about.

    `lines` are sentences; `url` is the path of the page that shows it.
    """
    told = list({user.pk: user for user in users if user.is_active}.values())
    sentences = list(lines)
    Notice.objects.bulk_create(
        Notice(user=user, program=program, subject=subject[:LONGEST_SUBJECT], lines=sentences, url=url) for user in told
    )
    return len(told)


def mark_read(*, user: User) -> int:
    """Mark all of a user's notices as read; returns how many were not."""
    return Notice.objects.filter(user=user, read_at__isnull=True).update(read_at=timezone.now())


def unread(user: User) -> Subquery:
    """How many notices the user has not read, as a column: pages ask for it with what they ask for anyway.

    NULL where there are none.
    """
    mine: QuerySet[Notice] = Notice.objects.filter(user=user, read_at__isnull=True).order_by()
    return Subquery(mine.values("user").annotate(count=Count("pk")).values("count"))
