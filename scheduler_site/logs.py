"""What the logs say of a request: its number, the page, who asked (a number, no name), and what took long."""

import json
import logging
import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

logger = logging.getLogger(__name__)

GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}").fullmatch
SLOW = 1.0  # seconds from which a request has a line of its own; the field acts on lists that take as long
FACTS = ("request_id", "task_id", "user", "method", "path", "status", "milliseconds", "queries", "event")

_request: ContextVar[HttpRequest | None] = ContextVar("request", default=None)
_task_id: ContextVar[str] = ContextVar("task_id", default="")


def numbered(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Each request has a number, the proxy's if it sends a proper one: in its log lines, its answer, its error page."""

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        request.request_id = number = given if GIVEN(given) else secrets.token_hex(16)  # type: ignore[attr-defined]
        request.queries = 0  # type: ignore[attr-defined]
        token = _request.set(request)
        started = perf_counter()
        try:
            wrappers = connection.execute_wrappers
            if _count not in wrappers:
                wrappers.insert(0, _count)  # not last: whoever has put one on takes the last one off
            response = get_response(request)
            response.headers["X-Request-ID"] = number
            seconds = perf_counter() - started
            if seconds >= SLOW:
                _tell_slow(request, response, seconds)
        finally:
            _request.reset(token)
        return response

    return middleware


def request_id() -> str:
    """The number of the request that is being answered; blank outside of one."""
    request = _request.get()
    return getattr(request, "request_id", "") if request else ""


def _count(execute: Callable[..., Any], *arguments: Any) -> Any:
    """Stays with the connection: put around each request anew it would cost as much as all the rest of this."""
    request = _request.get()
    if request is not None:
        request.queries += 1  # type: ignore[attr-defined]
    return execute(*arguments)


def _tell_slow(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    queries: int = request.queries  # type: ignore[attr-defined]
    facts = {"status": response.status_code, "milliseconds": round(seconds * 1000), "queries": queries}
    words = "Slow: %s %s took %.1f s, with %d queries"
    path = request.path.encode("unicode_escape").decode()  # what a client made up begins no line of its own
    logger.warning(words, request.method, path, seconds, queries, extra=facts)


def begin_task(*, task_result: Any, **_: Any) -> None:
    """Whatever a task logs bears its number, which the line of its enqueuing names beside the request's."""
    _task_id.set(str(task_result.id))


def end_task(**_: Any) -> None:
    _task_id.set("")


def tell_enqueued(*, task_result: Any, **_: Any) -> None:
    if _request.get() is not None:
        extra = {"task_id": str(task_result.id), "event": "task_enqueued"}
        logger.info("Task %s asked for: %s", task_result.id, task_result.task.module_path, extra=extra)


class Facts(logging.Filter):
    """Gives each record what is known of the request or task it belongs to. No queries, no names, no query strings."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = _request.get() or getattr(record, "request", None)
        found: dict[str, Any] = {"task_id": _task_id.get()}
        if isinstance(request, HttpRequest):
            user = request.__dict__.get("_cached_user")
            found |= {
                "request_id": getattr(request, "request_id", ""),
                "user": getattr(user, "pk", None),
                "method": request.method,
                "path": request.path,
                "status": getattr(record, "status_code", None),
            }
        for name, value in found.items():
            if value not in ("", None) and not hasattr(record, name):
                setattr(record, name, value)
        return True


class Line(logging.Formatter):
    """For people: with the number of the request, or of the task, at the end."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 logging's name
        number = getattr(record, "request_id", "") or getattr(record, "task_id", "")
        return super().formatMessage(record) + (f" [{number}]" if number else "")


class Json(logging.Formatter):
    """For machines: one object in a line. Times are UTC."""

    def format(self, record: logging.LogRecord) -> str:
        data = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        data |= {name: getattr(record, name) for name in FACTS if hasattr(record, name)}
        if record.exc_info:
            data["exception"] = self.formatException(record.exc_info)
        return json.dumps(data, ensure_ascii=False, default=str)
