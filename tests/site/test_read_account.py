"""Whoever changes something by script is who their session says, and only as long as Django would say so, too."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth import login
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from people.models import User
from scheduler_site.page_state import BACKEND, read_account
from scheduler_site.sessions import SessionStore
from tests.factories import make_user

pytestmark = pytest.mark.django_db
EDIT = reverse("edit", args=["nowhere", 1])


def known_session(user: User) -> str:
    """The key of a session that this process has read once."""
    request = HttpRequest()
    request.session = SessionStore()
    login(request, user, BACKEND)
    request.session.save()
    key = request.session.session_key
    assert key is not None
    assert SessionStore(key)["_auth_user_id"] == str(user.pk)
    return key


def test_everybody_is_who_they_are(django_assert_num_queries):
    roles = {"owner": User.Role.COORDINATOR, "colleague": User.Role.RESIDENT, "stranger": User.Role.FACULTY}
    people = {known_session(user): user for user in (make_user(name, role=role) for name, role in roles.items())}
    for key, user in people.items():
        session = SessionStore(key)
        with django_assert_num_queries(1):
            found = read_account(session)
            assert session["_auth_user_id"] == str(user.pk)
        stored = User.objects.get(pk=user.pk)
        assert found is not None
        assert found.__dict__ | {"_state": None} == stored.__dict__ | {"_state": None}


def test_nobody_is_known_by_a_session_that_was_never_read():
    assert read_account(SessionStore("0" * 32)) is None
    assert read_account(SessionStore()) is None


@pytest.mark.parametrize("what", ["inactive", "expired", "signed out", "password"])
def test_who_may_not_any_more_is_nobody(what):
    user = make_user("owner")
    key = known_session(user)
    lose(user, key, what)
    assert read_account(SessionStore(key)) is None


@pytest.mark.parametrize("what", ["inactive", "expired", "signed out", "password"])
def test_what_they_send_then_is_answered_by_the_sign_in_page(what):
    user = make_user("owner")
    client = Client()
    client.force_login(user)
    headers = {"HX-Request": "true"}
    assert [client.post(EDIT, headers=headers).status_code for _ in range(2)] == [404, 404]
    lose(user, str(client.session.session_key), what)
    assert client.post(EDIT, headers=headers).headers["HX-Redirect"] == resolve_url(settings.LOGIN_URL)


def lose(user: User, key: str, what: str) -> None:
    """Take away what the session rests on, behind the back of this process."""
    if what == "inactive":
        User.objects.filter(pk=user.pk).update(is_active=False)
    elif what == "expired":
        Session.objects.filter(pk=key).update(expire_date=timezone.now() - timedelta(seconds=1))
    elif what == "signed out":
        Session.objects.filter(pk=key).delete()
    else:
        user.set_password("another-2026")
        user.save()
