"""A new password by a link in the mail: to the account's own address, once, and without telling who has an account."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django_ox.models import OxTask
from django_ox.testing import run_tasks

from people.models import AuditLog, User
from tests.factories import make_user
from tests.pages.conftest import sign_in
from tests.pages.test_versions import text

ASK = "/password/reset/"
LONG = "a-long-new-password"


@pytest.fixture
def ana(wards, settings):
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    settings.SITE_URL = "https://schedule.example.org"
    user = make_user("ana")
    user.email = "ana@example.org"
    user.save()
    return user


def links() -> list[str]:
    """What the worker sends, as paths."""
    run_tasks(queues=["mail"], raise_failures=True)
    found = [re.search(r"https://schedule\.example\.org(/\S+)", str(message.body)) for message in mail.outbox]
    return [match.group(1) for match in found if match]


def test_from_the_sign_in_page_to_a_new_password(ana, client):
    assert f'<a href="{ASK}">Password forgotten, or none yet?</a>' in client.get("/sign-in/").content.decode()
    elsewhere = sign_in(ana)
    response = client.post(ASK, {"email": "Ana@Example.org"}, follow=True)
    assert "If there is an account with this address, a link" in text(response.content.decode())
    (link,) = links()
    (message,) = mail.outbox
    assert (message.to, message.subject) == (
        ["ana <ana@example.org>"],
        "Set a new password for the residency schedule",
    )
    assert message.body == (
        "Somebody, probably you, asked for a new password for the account ana.\n\nOpen this page within 72 hours and "
        f"choose one:\nhttps://schedule.example.org{link}\n\nIf it was not you, leave it: your password stays as it "
        "is.\n"
    )
    form = client.get(link, follow=True)
    assert "For the account ana ." in text(form.content.decode())
    page = form.request["PATH_INFO"]
    assert link.split("/")[-2] not in page  # the secret is not in the address, which others may come to see
    done = client.post(page, {"new_password1": LONG, "new_password2": LONG}, follow=True)
    assert "Your password is changed" in done.content.decode()
    ana.refresh_from_db()
    assert ana.check_password(LONG)
    entry = AuditLog.objects.get(action="password set by mail")
    assert (entry.user, entry.target, entry.changes) == (ana, f"user:{ana.pk}", {"name": "ana"})
    assert elsewhere.get("/my/").status_code == 302  # signed out there
    assert "This link does not work any more" in client.get(link, follow=True).content.decode()


def test_an_account_without_a_password_gets_its_first(ana, client):
    ana.set_unusable_password()
    ana.save()
    client.post(ASK, {"email": "ana@example.org"})
    assert len(links()) == 1


@pytest.mark.parametrize("email", ["nobody@example.org", "gone@example.org", "person@example.org"])
def test_whether_there_is_an_account_is_not_told(wards, ana, client, email):
    gone = make_user("gone")
    User.objects.filter(pk=gone.pk).update(email="gone@example.org", is_active=False)
    wards.people[0].user = make_user("without-address")
    wards.people[0].email = "person@example.org"  # others can write here: it opens no account
    wards.people[0].save()
    response = client.post(ASK, {"email": email})
    assert (response.status_code, response.url) == (302, "/password/reset/sent/")
    assert links() == []


def test_the_secret_is_not_in_the_queue_and_one_message_goes_out_in_five_minutes(ana, client):
    for _ in range(3):
        client.post(ASK, {"email": "ana@example.org"})
    assert list(OxTask.objects.values_list("args", "kwargs")) == [([ana.pk], {})]
    assert len(links()) == 1
    cache.clear()  # as after five minutes
    client.post(ASK, {"email": "ana@example.org"})
    assert len(links()) == 2


def test_a_weak_password_is_refused(ana, client):
    client.post(ASK, {"email": "ana@example.org"})
    page = client.get(links()[0]).url
    response = client.post(page, {"new_password1": "short", "new_password2": "short"})
    assert "The password is not changed yet: see below." in response.content.decode()
    assert "This password is too short." in response.content.decode()
    ana.refresh_from_db()
    assert ana.check_password("password")


@pytest.mark.parametrize("link", ["MQ/set-password/", "MQ/abc-def/", "!!/x/"])
def test_a_link_that_was_made_up_opens_nothing(ana, client, link):
    response = client.get(f"{ASK}{link}")
    assert "This link does not work any more" in response.content.decode()


def test_an_address_that_is_none_is_said(ana, client):
    response = client.post(ASK, {"email": "ana"})
    assert "Nothing is sent yet: see below." in response.content.decode()
    assert not OxTask.objects.exists()


def test_without_a_mail_server_an_admin_is_to_be_asked(ana, client, settings):
    settings.MAILERS = {}
    for response in (client.get(ASK), client.post(ASK, {"email": "ana@example.org"})):
        assert "An administrator of this site sets new passwords" in text(response.content.decode())
    assert not OxTask.objects.exists()
    assert ASK not in client.get("/sign-in/").content.decode()
