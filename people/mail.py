"""What is written to people by mail: notices, and how to set a new password."""

from email.utils import formataddr
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from people.models import Mailing, Notice, User

LONGEST_SUBJECT = 150
# Of others: a mailbox is read on lock screens and by assistants, so their kind of leave and their reasons stay here.
KEPT_OUT = (Notice.Kind.DECIDE,)
WITHHELD = "The details are on its page, and not in this message, since they are about somebody else."


def address_of(user: User) -> str:
    """Where a user gets mail: the account's address, else that of the person in the program; blank for nowhere."""
    return user.email or getattr(getattr(user, "person", None), "email", "")


def absolute(path: str) -> str:
    """A page of this site as a link that works from anywhere (setting SITE_URL)."""
    return f"{settings.SITE_URL}{path}"


def message_of(mailing: Mailing) -> EmailMultiAlternatives:
    """The message of a mailing: the same words, and the same Message-ID, at every attempt."""
    notices = list(mailing.notices.select_related("program").order_by("created_at", "pk"))
    context = {
        "user": mailing.user,
        "notices": [_shown(notice) for notice in notices],
        "choices_url": absolute(reverse("notice-choices")),
        "list_url": absolute(reverse("notices")),
    }
    headers = {
        "Message-ID": f"<{mailing.key}@{urlsplit(settings.SITE_URL).hostname}>",
        "List-Unsubscribe": f"<{absolute(reverse('notice-choices'))}>",
        "Auto-Submitted": "auto-generated",  # so that nobody's absence note answers it
    }
    to = formataddr((str(mailing.user), mailing.address))
    message = EmailMultiAlternatives(
        subject_of(notices), _text("people/mail/notices.txt", context), to=[to], headers=headers
    )
    message.attach_alternative(render_to_string("people/mail/notices.html", context), "text/html")
    return message


def _text(template: str, context: dict[str, object]) -> str:
    return render_to_string(template, context).strip() + "\n"


def _shown(notice: Notice) -> dict[str, object]:
    told_at = notice.created_at.astimezone(notice.program.zone)
    return {
        "heading": notice.heading,
        "lines": [WITHHELD] if notice.kind in KEPT_OUT else notice.lines,
        "url": absolute(notice.url),
        "program": notice.program.name,
        "told_at": f"{told_at:%a %-d %b %Y, %H:%M %Z}",
    }


def subject_of(notices: list[Notice]) -> str:
    """What happened, in one line; of several things, the first and how many more."""
    first = notices[0]
    words = first.heading
    if len(notices) > 1:
        subjects = {notice.subject for notice in notices}
        words = f"{words}, and {len(notices) - 1} more" if len(subjects) == 1 else _several(notices)
    words = " ".join(words.split())  # a name with a line break must not end the header
    return words if len(words) <= LONGEST_SUBJECT else f"{words[: LONGEST_SUBJECT - 1]}…"


def _several(notices: list[Notice]) -> str:
    subjects = list(dict.fromkeys(notice.subject for notice in notices))
    return f"{len(notices)} notices: {'; '.join(subjects)}"


def reset_message(user: User) -> EmailMultiAlternatives:
    """How a user sets a new password."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    page = reverse("password-reset-confirm", args=[uid, default_token_generator.make_token(user)])
    context = {"user": user, "url": absolute(page), "hours": settings.PASSWORD_RESET_TIMEOUT // 3600}
    return EmailMultiAlternatives(
        "Set a new password for the residency schedule",
        _text("people/mail/reset.txt", context),
        to=[formataddr((str(user), user.email))],
        headers={"Auto-Submitted": "auto-generated"},
    )
