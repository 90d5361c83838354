"""How each user wants to be told: in the list on the site, by mail at once, or once a day."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.core.mail import mailers
from django.db import models, transaction
from django.utils import timezone

from people.models import Notice, Person, Program, User, record

Kind = Notice.Kind

GATHER = timedelta(minutes=2)  # what is told within this time of the first notice goes into its message
DIGEST_AT = time(7)  # of the day, in the program's zone: before most people's shift begins
NEAR_DAYS = 2  # a change of one's own work until so many days from today cannot wait until the next morning


class Delivery(models.TextChoices):
    """In which ways a user is told; what is mailed is in the list as well."""

    NOW = "now", "By mail at once"
    DAILY = "daily", "By mail once a day"
    LIST = "list", "Only in the list on this site"
    NONE = "none", "Not at all"


DEFAULTS: Mapping[str, Delivery] = {
    Kind.SCHEDULE: Delivery.NOW,
    Kind.REQUEST: Delivery.NOW,
    Kind.DECIDE: Delivery.DAILY,
    Kind.RESULT: Delivery.LIST,
}
# What is about one's own work stays in the list, whatever is chosen.
ALWAYS_LISTED = (Kind.SCHEDULE, Kind.REQUEST)
BY_MAIL = "mail"  # beside the kinds: False where the user wants no mail at all


def sends_mail() -> bool:
    """Whether this site sends mail (setting EMAIL_HOST)."""
    return "default" in mailers


def wants_mail(user: User) -> bool:
    return user.notice_choices.get(BY_MAIL, True) is not False


def delivery(user: User, kind: str) -> Delivery:
    """How the user wants what is of this kind."""
    chosen = user.notice_choices.get(kind)
    return Delivery(chosen) if chosen in options(kind) else DEFAULTS[kind]


def options(kind: str) -> list[Delivery]:
    """What can be chosen for a kind."""
    return [each for each in Delivery if each != Delivery.NONE or kind not in ALWAYS_LISTED]


def is_listed(user: User, kind: str) -> bool:
    return delivery(user, kind) != Delivery.NONE


def mail_at(user: User, kind: str, program: Program, now: datetime, soonest: date | None = None) -> datetime | None:
    """When a notice of this moment is to be mailed to the user; None for not by mail.

    `soonest` is the first day of the user's own work that it changes.
    """
    if not sends_mail() or not wants_mail(user):
        return None
    chosen = delivery(user, kind)
    if chosen == Delivery.NOW or (kind == Kind.SCHEDULE and is_near(program, now, soonest)):
        return now + GATHER
    return next_digest(program, now) if chosen == Delivery.DAILY else None


def is_near(program: Program, now: datetime, day: date | None) -> bool:
    today = timezone.localdate(now, program.zone)
    return day is not None and today <= day <= today + timedelta(days=NEAR_DAYS)


def next_digest(program: Program, now: datetime) -> datetime:
    """When the next daily message of a program goes out."""
    here = timezone.localtime(now, program.zone)
    digest = datetime.combine(here.date(), DIGEST_AT, program.zone)
    return digest if digest > here else datetime.combine(here.date() + timedelta(days=1), DIGEST_AT, program.zone)


def kinds_for(user: User, person: Person | None) -> list[Kind]:
    """What the user can be told of: who makes no schedules has nothing to decide and nothing worked out."""
    makes_schedules = user.role in (User.Role.ADMIN, User.Role.COORDINATOR) or (person is not None and person.is_chief)
    return list(Kind) if makes_schedules else list(ALWAYS_LISTED)


def choose(*, user: User, by_mail: bool, choices: Mapping[str, str]) -> User:
    """Set how the user wants these kinds; others stay as they are. What waits to be mailed is not called back, unless
    all mail is switched off.

    Raises ValidationError for what cannot be chosen.
    """
    for kind, chosen in choices.items():
        if kind not in Kind.values or chosen not in options(kind):
            raise ValidationError(f"{chosen!r} cannot be chosen for {kind!r}.")
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        user.notice_choices = {**user.notice_choices, **choices, BY_MAIL: by_mail}
        user.save(update_fields=["notice_choices"])
        record(user=user, action="notices chosen", target=user, program=None, changes=user.notice_choices)
    return user
