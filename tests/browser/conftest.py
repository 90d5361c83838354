"""Pages of the running site in a real browser: `desktop` (1440 x 900) and `phone` (390 x 844).

Both know the site's address, so a test says `desktop.goto("/")`. A test fails, whatever else it asserts, when
its page logs an error or throws one: a script that broke, something that the content security policy refused.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.services.browser import browser, launch_arguments


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of this folder; each page gets a fresh profile in it."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's event loop runs in the tests' thread, where Django then refuses to touch the database
        # lest somebody block a loop that others wait for. Nobody else waits for this one.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        running = playwright.chromium.launch(executable_path=browser(), args=launch_arguments())
        yield running
        running.close()


@pytest.fixture
def desktop(chromium: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A page as on a coordinator's screen."""
    with page_of(chromium, live_server, viewport={"width": 1440, "height": 900}) as page:
        yield page


@pytest.fixture
def phone(chromium: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A page as on a resident's phone."""
    size = {"width": 390, "height": 844}
    with page_of(chromium, live_server, viewport=size, is_mobile=True, has_touch=True, device_scale_factor=2) as page:
        yield page


@contextmanager
def page_of(chromium: Browser, server: LiveServer, **options: Any) -> Iterator[Page]:
    """A page with a profile of its own. Fails if the browser found an error in it."""
    errors: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(message.text)

    with chromium.new_context(base_url=server.url, locale="en-US", **options) as context:
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
    assert errors == [], "the browser's console shows errors"
