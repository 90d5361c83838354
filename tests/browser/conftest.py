"""Pages of the running site in a real browser: `desktop` (1440 x 900) and `phone` (390 x 844).

Both know the site's address, so a test says `desktop.goto("/")`. A test fails, whatever else it asserts, when
its page logs an error or throws one: a script that broke, something that the content security policy refused.
The report of a failed test lists what its pages asked for and what was answered.
"""

import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http.response import HttpResponseBase
from playwright.sync_api import Browser, ConsoleMessage, Page, Response, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.services.browser import browser, launch_arguments

# The machine may be busy with something else; what is there already is not waited for.
PATIENCE = 20_000  # ms until something is as it should be
ACTION = 30_000  # ms until something can be clicked, or a page has loaded
expect.set_options(timeout=PATIENCE)
running: set[int] = set()  # what the site's server is working on
numbers = count()


@pytest.fixture(scope="package", autouse=True)
def _noted_requests() -> Iterator[None]:
    """So that a test can wait until nothing works on the database any more before that is emptied."""
    answer = WSGIHandler.get_response

    def noted(handler: WSGIHandler, request: WSGIRequest) -> HttpResponseBase:
        number = next(numbers)
        running.add(number)
        try:
            return answer(handler, request)
        finally:
            running.discard(number)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WSGIHandler, "get_response", noted)
        yield


def settled() -> None:
    """Wait until the server has answered all that the pages asked for before they were closed."""
    deadline = time.monotonic() + PATIENCE / 1000
    while running and time.monotonic() < deadline:
        time.sleep(0.005)


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
def page_of(chromium: Browser, server: LiveServer, *, allowed: str = "(?!)", **options: Any) -> Iterator[Page]:
    """A page with a profile of its own. Fails if the browser found an error in it that is not `allowed` (a pattern)."""
    errors: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(message.text)

    def log(response: Response) -> None:
        sys.stdout.write(f"{response.request.method} {response.url.removeprefix(server.url)} {response.status}\n")

    with chromium.new_context(base_url=server.url, locale="en-US", **options) as context:
        context.set_default_timeout(ACTION)
        context.on("response", log)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
    settled()
    assert [error for error in errors if not re.search(allowed, error)] == [], "the browser's console shows errors"
