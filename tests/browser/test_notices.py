"""Reading what one is told and choosing how, at a desk and on a phone, with and without scripts; a password by mail."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.core import mail
from django.utils import timezone
from django_ox.testing import run_tasks
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from people.models import Notice, User
from people.notices import Word, tell_each
from tests.browser.accessibility import assert_accessible
from tests.browser.conftest import page_of
from tests.browser.test_pages import enter
from tests.factories import Wards, make_user, make_wards

NOON = datetime(2026, 11, 3, 17, tzinfo=UTC)


@pytest.fixture
def wards(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, settings: Settings, live_server: LiveServer
) -> Wards:
    """A resident and a coordinator, each told of two things, on a site that sends mail."""
    monkeypatch.setattr(timezone, "now", lambda: NOON)
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    settings.SITE_URL = live_server.url
    wards = make_wards(3)
    for name, role in (("resident", User.Role.RESIDENT), ("coordinator", User.Role.COORDINATOR)):
        user = make_user(name, role)
        user.email = f"{name}@example.org"
        user.save()
        user.programs.add(wards.program)
        lines = ["You work Ward A instead of Intensive care on Sat 7 Nov, night.", "Reason: Sick call"]
        about = "Sat 7 Nov, night"
        tell_each(
            [
                Word(user, wards.program, Notice.Kind.SCHEDULE, "Your schedule changed", "/my/", lines, about),
                Word(user, wards.program, Notice.Kind.REQUEST, "Your leave is approved", "/my/", ["Vacation."]),
            ]
        )
    wards.people[0].user = User.objects.get(username="resident")
    wards.people[0].save()
    return wards


@pytest.fixture
def plain(chromium: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A page whose browser runs no scripts."""
    with page_of(chromium, live_server, java_script_enabled=False, viewport={"width": 1440, "height": 900}) as page:
        yield page


@pytest.mark.parametrize("width", ["desktop", "phone", "plain"])
def test_one_is_marked_as_read_and_then_all(
    wards: Wards, width: str, request: pytest.FixtureRequest, live_server: LiveServer
) -> None:
    page: Page = request.getfixturevalue(width)
    enter(page, live_server, "resident")
    page.goto("/notices/")
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    count = page.get_by_role("link", name=re.compile(r"^Notices"))
    expect(count).to_have_text("Notices 2 unread")
    page.get_by_role("button", name="Mark as read Your schedule changed: Sat 7 Nov, night").click()
    expect(count).to_have_text("Notices 1 unread")
    expect(page.get_by_role("button", name="Mark as read Your")).to_have_count(1)
    page.get_by_role("button", name="Mark all as read").click()
    expect(count).to_have_text("Notices")
    expect(page.get_by_text("new", exact=True)).to_have_count(0)


@pytest.mark.parametrize("width", ["desktop", "phone", "plain"])
def test_how_one_is_told_is_chosen_from_the_account_menu(
    wards: Wards, width: str, request: pytest.FixtureRequest, live_server: LiveServer
) -> None:
    page: Page = request.getfixturevalue(width)
    enter(page, live_server, "coordinator")
    page.goto("/notices/")
    page.get_by_text("Account: coordinator").click()
    page.locator("header").get_by_role("link", name="What I am told").click()
    expect(page.get_by_text("Mail goes to coordinator@example.org")).to_be_visible()
    mine = page.get_by_role("group", name="My schedule changed")
    expect(mine.get_by_label("By mail at once")).to_be_checked()
    mine.get_by_text("By mail once a day; at once if it changes the next two days").click()
    page.get_by_role("group", name="Somebody asks for something that I can decide").get_by_text("Not at all").click()
    page.get_by_label("Send me mail").uncheck()
    page.get_by_role("button", name="Keep these choices").click()
    expect(page.get_by_text("That is how you are told from now on.")).to_be_visible()
    expect(mine.get_by_label(re.compile("By mail once a day"))).to_be_checked()
    expect(page.get_by_label("Send me mail")).not_to_be_checked()
    expect(page.get_by_role("group", name=re.compile("decide$")).get_by_label("Not at all")).to_be_checked()


def test_the_keyboard_alone_chooses(wards: Wards, desktop: Page, live_server: LiveServer) -> None:
    enter(desktop, live_server, "resident")
    desktop.goto("/notices/choices/")
    desktop.get_by_label("Send me mail").focus()
    desktop.keyboard.press("Space")
    desktop.keyboard.press("Tab")
    desktop.keyboard.press("ArrowDown")
    desktop.keyboard.press("Tab")
    desktop.keyboard.press("Tab")
    desktop.keyboard.press("Enter")
    expect(desktop.get_by_text("That is how you are told from now on.")).to_be_visible()
    chosen = User.objects.get(username="resident").notice_choices
    assert chosen == {"mail": False, "schedule": "daily", "request": "now"}


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_a_password_by_mail(wards: Wards, width: str, request: pytest.FixtureRequest, live_server: LiveServer) -> None:
    page: Page = request.getfixturevalue(width)
    page.goto("/sign-in/")
    page.get_by_role("link", name="Password forgotten, or none yet?").click()
    page.get_by_label("Email").fill("resident@example.org")
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")
    run_tasks(queues=["mail"], raise_failures=True)
    link = re.search(r"http\S+", str(mail.outbox[0].body))
    assert link
    page.goto(link.group())
    assert_accessible(page)
    page.get_by_label("New password", exact=True).fill("a-long-new-password")
    page.get_by_label("New password confirmation").fill("a-long-new-password")
    page.get_by_role("button", name="Keep this password").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your password is changed")
    assert_accessible(page)
    page.get_by_role("link", name="Sign in").last.click()
    page.get_by_label("Username").fill("resident")
    page.get_by_label("Password").fill("a-long-new-password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Account: resident")).to_be_attached()


PAGES = [
    ("resident", "/notices/"),
    ("resident", "/notices/choices/"),
    ("coordinator", "/notices/choices/"),
    ("nobody", "/notices/"),
    ("", "/sign-in/"),
    ("", "/password/reset/"),
    ("", "/password/reset/sent/"),
    ("", "/password/reset/MQ/made-up/"),
]


@pytest.mark.parametrize(("width", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_the_pages_are_accessible_and_fit(
    wards: Wards, width: str, scheme: str, request: pytest.FixtureRequest, live_server: LiveServer
) -> None:
    page: Page = request.getfixturevalue(width)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    make_user("nobody")
    for username, address in PAGES:
        page.context.clear_cookies()
        if username:
            enter(page, live_server, username)
        page.goto(address)
        assert_accessible(page, also_dark=scheme == "light")
        spare = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert spare == 0, f"{address} is wider than the screen"
