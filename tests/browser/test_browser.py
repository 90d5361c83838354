import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path
from playwright.sync_api import Browser, Error, Page
from pytest_django.live_server_helper import LiveServer

from tests.browser.accessibility import assert_accessible
from tests.browser.conftest import page_of

HEAD = "<!doctype html><html lang='en'><title>T</title><link rel='icon' href='data:,'><meta name='viewport'"
PAGES = {
    "good": f"{HEAD} content='width=device-width'><main><h1>Title</h1><p>Text</p></main>",
    "without-words": f"{HEAD} content='width=device-width'><main><h1>Title</h1><img src='data:,'></main>",
    "with-inline-script": f"{HEAD} content='width=device-width'><script>window.ran = 1</script>",
}


@login_not_required
def show(request: HttpRequest, name: str) -> HttpResponse:
    return HttpResponse(PAGES[name])


urlpatterns = [path("<name>", show)]
pytestmark = pytest.mark.urls(__name__)


def test_desktop_and_phone_are_as_wide_as_they_say(desktop: Page, phone: Page):
    desktop.goto("/good")
    phone.goto("/good")
    assert [page.evaluate("[innerWidth, innerHeight]") for page in (desktop, phone)] == [[1440, 900], [390, 844]]


def test_a_sound_page_is_accessible(desktop: Page):
    desktop.goto("/good")
    assert_accessible(desktop)


def test_a_picture_without_words_is_not(desktop: Page):
    desktop.goto("/without-words")
    with pytest.raises(AssertionError, match="image-alt"):
        assert_accessible(desktop)


def test_an_inline_script_is_refused_and_fails_the_test(chromium: Browser, live_server: LiveServer):
    ran = []
    with pytest.raises(AssertionError, match="Content Security Policy"), page_of(chromium, live_server) as page:
        ran.append(page.goto("/with-inline-script") and page.evaluate("window.ran"))
    assert ran == [None]


def test_the_browser_reaches_no_other_machine(chromium: Browser, live_server: LiveServer):
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"), page_of(chromium, live_server) as page:
        page.goto("http://example.org/")
