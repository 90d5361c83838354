"""The page on which each user says how they want to be told."""

import re

import pytest

from people.models import User
from tests.factories import make_user
from tests.pages.conftest import sign_in
from tests.pages.test_versions import text

PAGE = "/notices/choices/"
LOCMEM = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}


def chosen(html: str) -> dict[str, str]:
    """By kind, what is ticked."""
    ticked = re.findall(r'<input type="radio" name="(\w+)" value="(\w+)"[^>]* checked', html)
    assert len(ticked) == len(dict(ticked))
    return dict(ticked)


def test_everybody_chooses_for_what_they_are_told(owner, colleague, stranger, client, read):
    assert chosen(read(colleague, PAGE)) == {"schedule": "now", "request": "now"}
    of_a_scheduler = {"schedule": "now", "request": "now", "decide": "daily", "result": "list"}
    assert chosen(read(owner, PAGE)) == chosen(read(stranger, PAGE)) == of_a_scheduler
    assert client.get(PAGE).url == f"/sign-in/?next={PAGE}"


def test_what_a_resident_can_choose(colleague, read, settings):
    settings.MAILERS = LOCMEM
    html = text(read(colleague, PAGE))
    assert (
        "My schedule changed By mail at once By mail once a day; at once if it changes the next two days By mail only "
        "if it changes the next two days, else in the list on this site My leave is decided, or was changed by "
        "somebody else By mail at once By mail once a day Only in the list on this site Changes of your own"
    ) in html
    assert "Not at all" not in html
    assert "Your account has no mail address, so nothing can be mailed to you." in html


def test_choices_are_kept_each_for_oneself(owner, colleague, read):
    response = colleague.post(PAGE, {"schedule": "daily", "request": "list"}, follow=True)
    assert "That is how you are told from now on." in text(response.content.decode())
    assert chosen(read(colleague, PAGE)) == {"schedule": "daily", "request": "list"}
    assert '<input type="checkbox" name="mail" id="id_mail">' in read(colleague, PAGE)
    assert User.objects.get(username="colleague").notice_choices == {
        "mail": False,
        "schedule": "daily",
        "request": "list",
    }
    assert chosen(read(owner, PAGE))["schedule"] == "now"
    assert '<input type="checkbox" name="mail" id="id_mail" checked>' in read(owner, PAGE)


@pytest.mark.parametrize("wrong", [{"schedule": "none", "request": "now"}, {"schedule": "now"}])
def test_what_cannot_be_chosen_is_said_and_changes_nothing(wrong, colleague):
    response = colleague.post(PAGE, wrong)
    assert "Nothing is changed yet: see below." in response.content.decode()
    assert User.objects.get(username="colleague").notice_choices == {}


def test_a_resident_chooses_nothing_for_those_who_decide(colleague):
    colleague.post(PAGE, {"mail": "on", "schedule": "now", "request": "now", "decide": "none"})
    assert "decide" not in User.objects.get(username="colleague").notice_choices


def test_the_page_says_where_mail_goes_or_that_none_is_sent(wards, colleague, read, settings):
    settings.MAILERS = {}
    assert "This site sends no mail: no mail server is set up." in text(read(colleague, PAGE))
    settings.MAILERS = LOCMEM
    wards.people[0].email = "r000@example.org"
    wards.people[0].save()
    assert "Mail goes to r000@example.org ." in text(read(colleague, PAGE))
    User.objects.filter(username="colleague").update(email="mine@example.org")
    assert "Mail goes to mine@example.org ." in text(read(colleague, PAGE))


def test_it_is_found_in_the_account_menu_and_beside_the_notices(colleague, read):
    assert read(colleague, "/notices/").count(f'href="{PAGE}"') == 2


@pytest.mark.usefixtures("sessions_in_database")
def test_the_number_of_queries(wards, django_assert_num_queries):
    user = make_user("reader", User.Role.COORDINATOR, programs=(wards.program,))
    client = sign_in(user)
    with django_assert_num_queries(5):
        assert client.get(PAGE).status_code == 200
