import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import forms
from django.contrib.auth.forms import PasswordResetForm
from django.core.cache import cache
from django.utils.module_loading import import_string

from people.attempts import Limited
from people.models import Person, User
from people.notice_choices import BY_MAIL, Delivery, Kind, delivery, options, wants_mail

# By name: tasks stand above what they call.
SEND_RESET = "people.tasks.send_reset"


class SignInForm(Limited):
    error_messages = {
        "invalid_login": "This user name and password do not belong together. Mind capitals, and try again.",
        "inactive": "This account is switched off. Ask your coordinator or an administrator.",
    }


class PeopleFilter(forms.Form):
    """What the list of people is filtered by; all of it optional, all of it in the address."""

    name = forms.CharField(required=False, label="Name", max_length=120)
    type = forms.ChoiceField(
        required=False, label="Type", choices=[("", "Residents and faculty"), *Person.Type.choices]
    )
    level = forms.IntegerField(required=False, label="Level", min_value=1, max_value=20)
    inactive = forms.BooleanField(required=False, label="Those who left too")

    def __init__(self, *args: Any, levels: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "All levels"), *((level, f"PGY-{level}") for level in levels)]
        self.fields["level"].widget = forms.Select(choices=choices)
        self.fields["name"].widget.input_type = "search"
        self.fields["name"].widget.attrs["placeholder"] = "Name"
        for name in ("name", "type", "level"):  # what is left out beside these is said by their first choice
            self.fields[name].widget.attrs["aria-label"] = str(self.fields[name].label)


class NoticeChoices(forms.Form):
    """How a user wants to be told of each kind of thing, and whether by mail at all."""

    LABELS: Mapping[str, str] = {
        Kind.SCHEDULE: "My schedule changed",
        Kind.REQUEST: "My leave is decided, or was changed by somebody else",
        Kind.DECIDE: "Somebody asks for something that I can decide",
        Kind.RESULT: "A generation or an answer that I asked for is ready, or failed",
    }
    # A change of the next days goes by mail at once in any case, so the other choices say so.
    NEAR: Mapping[str, str] = {
        Delivery.DAILY: "By mail once a day; at once if it changes the next two days",
        Delivery.LIST: "By mail only if it changes the next two days, else in the list on this site",
    }

    def __init__(self, *args: Any, user: User, kinds: Iterable[Kind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[BY_MAIL] = forms.BooleanField(required=False, label="Send me mail", initial=wants_mail(user))
        for kind in kinds:
            self.fields[kind] = forms.ChoiceField(
                label=self.LABELS[kind],
                choices=[(each.value, self._words(kind, each)) for each in options(kind)],
                initial=delivery(user, kind).value,
                widget=forms.RadioSelect,
                error_messages={"required": "Choose one of these."},
            )

    def _words(self, kind: Kind, chosen: Delivery) -> str:
        return self.NEAR.get(chosen, chosen.label) if kind == Kind.SCHEDULE else str(chosen.label)

    @property
    def kinds(self) -> list[forms.BoundField]:
        return [field for field in self if field.name != BY_MAIL]


class AskForReset(PasswordResetForm):
    """An address, to which a link goes if there is an account with it."""

    PAUSE = 5 * 60  # seconds between two messages to one account: the page is open to everybody

    def get_users(self, email: str) -> Iterator[User]:
        """The accounts of an address, those without a password too: an import makes them so."""
        for user in User.objects.filter(email__iexact=email, is_active=True):
            if _folded(user.email) == _folded(email):  # the database may take other letters for the same
                yield user

    def save(self, *_args: Any, **_options: Any) -> None:
        """Have the worker send the links: it is as quick, so as silent, where there is no such account."""
        send = import_string(SEND_RESET)
        for user in self.get_users(self.cleaned_data["email"]):
            if cache.add(f"password-reset:{user.pk}", True, self.PAUSE):
                send.enqueue(user.pk)


def _folded(address: str) -> str:
    return unicodedata.normalize("NFKC", address).casefold()
