"""Whether the process lives (/livez), and whether the site can serve (/readyz)."""

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Literal

from django.http import HttpRequest, HttpResponse, JsonResponse

from scheduler_site import state
from scheduler_site.queues import Queue
from scheduler_site.state import DatabaseState

Status = Literal["ok", "degraded", "failed"]
LATE = timedelta(minutes=15)  # a task that waits longer than any generation of the usual length takes


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the site, and a sentence that says how it is. Neither secrets nor addresses: anybody may ask."""

    status: Status
    words: str


def livez(_request: HttpRequest) -> HttpResponse:
    """That the process answers, and nothing more: restarting it cures no database."""
    return HttpResponse(b"ok\n", content_type="text/plain")


def readyz(_request: HttpRequest) -> HttpResponse:
    """All parts as JSON. 503 where the site cannot serve: without its database, or with one of another version."""
    parts = look()
    worst = overall(parts)
    data = {"status": worst, "parts": {name: asdict(part) for name, part in parts.items()}}
    return JsonResponse(data, status=503 if worst == "failed" else 200, json_dumps_params={"indent": 2})


def look() -> dict[str, Part]:
    """Each part as it was at most two seconds ago."""
    cache_up, database = state.look()
    return {
        "database": database_part(database),
        "migrations": migrations_part(database),
        "cache": cache_part(up=cache_up),
        "workers": workers_part(database),
        "queues": queues_part(database),
    }


def overall(parts: dict[str, Part]) -> Status:
    found = {part.status for part in parts.values()}
    return "failed" if "failed" in found else "degraded" if "degraded" in found else "ok"


def database_part(database: DatabaseState) -> Part:
    if database.answers:
        return Part("ok", "The database answers.")
    return Part("failed", "The database does not answer. See whether it runs, and whether it has connections left.")


def migrations_part(database: DatabaseState) -> Part:
    if not database.answers:
        return Part("failed", "Unknown without the database.")
    if database.unapplied:
        lacking = "1 migration is" if database.unapplied == 1 else f"{database.unapplied} migrations are"
        return Part("failed", f"{lacking} not applied. Run: manage.py migrate.")
    return Part("ok", "The database is of this version.")


def cache_part(*, up: bool) -> Part:
    if up:
        return Part("ok", "The cache answers.")
    return Part("degraded", "Redis does not answer. The site goes on without it, slower.")


def workers_part(database: DatabaseState) -> Part:
    if not database.answers or database.unapplied:
        return Part("degraded", "Unknown without the database.")
    unserved = [queue.name for queue in database.queues if not queue.workers]
    if unserved:
        which = "queue" if len(unserved) == 1 else "queues"
        return Part("degraded", f"No worker serves the {which} {', '.join(unserved)}. Start one: manage.py ox_worker.")
    served = ", ".join(f"{queue.name} by {queue.workers}" for queue in database.queues)
    return Part("ok", f"Each queue has its workers: {served}.")


def queues_part(database: DatabaseState) -> Part:
    if not database.answers or database.unapplied:
        return Part("degraded", "Unknown without the database.")
    late = [queue for queue in database.queues if queue.oldest > LATE]
    if late:
        return Part("degraded", f"Tasks wait long: {'; '.join(map(_waits, late))}.")
    waiting = sum(queue.waiting for queue in database.queues)
    return Part("ok", f"{waiting} {'task waits' if waiting == 1 else 'tasks wait'} for a worker.")


def _waits(queue: Queue) -> str:
    return f"{queue.waiting} in {queue.name}, the oldest for {queue.oldest.total_seconds() / 60:.0f} minutes"
