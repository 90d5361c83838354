"""What the logs say: numbers of requests and tasks, no names, and no traces where the database is away."""

import json
import logging
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from scheduler_site import logs
from scheduler_site.errors import WithoutTraces

LOGGER = logging.getLogger("tests.site")


def answer(request: HttpRequest) -> HttpResponse:
    LOGGER.warning("Looked at %s", request.path)
    return HttpResponse("fine")


def ask(headers: dict[str, str] | None = None, view: Any = answer) -> HttpResponse:
    request = RequestFactory().get("/people/?name=Ana", headers=headers)
    request.user = AnonymousUser()
    return logs.numbered(view)(request)


@pytest.mark.parametrize("given", ["0af7651916cd43dd", "a.b_c-d-1234"])
def test_a_proper_number_is_kept(given: str) -> None:
    assert ask({"X-Request-ID": given}).headers["X-Request-ID"] == given


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "two words", 'quo"tes', "line\nbreak-line"])
def test_any_other_is_replaced(given: str) -> None:
    number = ask({"X-Request-ID": given}).headers["X-Request-ID"]
    assert number != given
    assert len(number) == 32


def record(caplog: pytest.LogCaptureFixture, **headers: str) -> logging.LogRecord:
    facts = logs.Facts()
    caplog.handler.addFilter(facts)
    try:
        ask({"X-Request-ID": "0af7651916cd43dd"})
    finally:
        caplog.handler.removeFilter(facts)
    return caplog.records[0]


def test_a_line_for_machines(caplog: pytest.LogCaptureFixture) -> None:
    data = json.loads(logs.Json().format(record(caplog)))
    assert data.pop("time").endswith("+00:00")
    assert data == {
        "level": "WARNING",
        "logger": "tests.site",
        "message": "Looked at /people/",
        "request_id": "0af7651916cd43dd",
        "method": "GET",
        "path": "/people/",
    }


def test_a_line_for_people(caplog: pytest.LogCaptureFixture) -> None:
    line = logs.Line("{levelname} {name}: {message}", style="{").format(record(caplog))
    assert line == "WARNING tests.site: Looked at /people/ [0af7651916cd43dd]"


def test_a_request_that_takes_long_has_a_line(caplog: pytest.LogCaptureFixture, monkeypatch: Any) -> None:
    monkeypatch.setattr(logs, "SLOW", 0.0)
    ask(view=lambda _: HttpResponse(status=201))
    [told] = caplog.records
    assert told.getMessage().startswith("Slow: GET /people/ took 0.")
    assert (told.__dict__["status"], told.__dict__["queries"]) == (201, 0)


def test_an_address_begins_no_line_of_its_own(caplog: pytest.LogCaptureFixture, monkeypatch: Any) -> None:
    monkeypatch.setattr(logs, "SLOW", 0.0)
    request = RequestFactory().get("/a%0AERROR made up%1B[31m")
    logs.numbered(lambda _: HttpResponse())(request)
    [told] = caplog.records
    assert told.getMessage().startswith(r"Slow: GET /a\nERROR made up\x1b[31m took 0.")


@pytest.mark.django_db
def test_queries_are_counted(caplog: pytest.LogCaptureFixture, monkeypatch: Any) -> None:
    from people.models import Program

    monkeypatch.setattr(logs, "SLOW", 0.0)
    ask(view=lambda _: HttpResponse(str(Program.objects.count())))
    assert caplog.records[-1].__dict__["queries"] == 1


def test_a_database_that_is_away_is_one_sentence() -> None:
    error = OperationalError("the connection\nis closed: database is locked")
    told = logging.LogRecord("django.request", logging.ERROR, "", 1, "Failed: %s", ("/",), (type(error), error, None))
    assert WithoutTraces().filter(told)
    assert told.getMessage().startswith("Failed: / (")
    assert "\n" not in told.getMessage()
    assert told.exc_info is None


def test_other_errors_keep_their_traces() -> None:
    error = ValueError("no")
    told = logging.LogRecord("django.request", logging.ERROR, "", 1, "Failed", (), (type(error), error, None))
    assert WithoutTraces().filter(told)
    assert told.exc_info is not None


def test_what_a_worker_says_is_written_once() -> None:
    """Its command would add a handler of its own, in another form, to a logger that has none."""
    worker = logging.getLogger("django_ox")
    written = [handler for handler in worker.handlers if type(handler) is logging.StreamHandler]  # the rest is pytest's
    assert (written, worker.propagate) == ([logging.getHandlerByName("console")], False)
