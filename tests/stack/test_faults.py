"""What happens when a part is lost: the others go on, what is missing is said, and nothing is lost or half-written."""

import json
import os
import signal
from collections.abc import Callable
from http.client import HTTPException
from typing import Any

from deploy.stack.run import Stack
from tests.stack.client import Answer, Client
from tests.stack.waiting import until
from tests.stack.work import (
    HOME,
    ask_to_generate,
    copied,
    duties,
    made,
    new_draft,
    note,
    notes,
    readers,
    ready,
    rows,
)

RUNNING = "SELECT locked_by FROM django_ox_oxtask WHERE status = 'RUNNING' AND task_path = %s"
# The task ends a moment after its run, which says first that it has.
TAKEN_UP = """
    SELECT * FROM (
        SELECT status, attempts, worker_ids FROM django_ox_oxtask WHERE task_path = %s ORDER BY enqueued_at DESC LIMIT 1
    ) newest WHERE status <> 'RUNNING'
"""
TASK = "scheduling.tasks.generate_schedule"


def statuses(answers: list[Answer | Exception]) -> set[Any]:
    """Without repeats: the status of each answer, or why there was none."""
    return {each.status if isinstance(each, Answer) else repr(each) for each in answers}


def test_a_generation_whose_worker_is_killed_is_finished_by_the_other(broken: Stack, coordinator: Client):
    draft = new_draft(coordinator, broken.home)
    run = ask_to_generate(coordinator, draft)
    [(worker_id,)] = until(lambda: rows(broken.home, RUNNING, TASK))
    process = int(worker_id.rsplit("-", 2)[1])
    killed, other = sorted(("worker1", "worker2"), key=lambda name: broken.parts[name].pid != process)
    broken.parts[killed].kill()

    made(broken.home, run)
    [(status, attempts, workers)] = until(lambda: rows(broken.home, TAKEN_UP, TASK))
    assert (status, attempts, len(set(workers))) == ("SUCCESSFUL", 2, 2)
    assert f"-{broken.parts[other].pid}-" in workers[-1]
    assert duties(broken.home, draft)
    said: list[str] = []
    broken.revive(said.append)
    assert [words.partition(":")[0] for words in said] == [f"{killed} ended by itself"]


def test_without_redis_the_site_goes_on_and_says_so(
    broken: Stack, coordinator: Client, resident: Client, anybody: Client
):
    broken.parts["redis"].stop()
    assert {coordinator.get(f"{HOME}/year/").status for _ in range(3)} == {200}
    assert Client(anybody.port).sign_in("resident").get("/my/").status == 200
    everything = {"database": "ok", "migrations": "ok", "cache": "ok", "workers": "ok", "queues": "ok"}
    until(lambda: ready(anybody) == (200, everything | {"cache": "degraded"}))

    broken.restart("redis")
    until(lambda: ready(anybody) == (200, everything))
    etag = until(lambda: resident.get(f"{HOME}/year/").headers.get("etag"))
    assert resident.get(f"{HOME}/year/", If_None_Match=etag).status == 304


def test_when_a_gunicorn_is_killed_the_other_answers_and_no_reader_notices(broken: Stack, coordinator: Client):
    def by_both() -> bool:
        """Whether nginx has asked the one and then, since there was no answer, the other."""
        lines = broken.home.log("nginx").read_text().splitlines()
        return any("," in json.loads(line)["upstream"] for line in lines if line.startswith('{"time"'))

    with readers(coordinator, f"{HOME}/year/", f"{HOME}/people/", "/livez") as answers:
        until(lambda: len(answers) > 10)
        broken.parts["site1"].kill()
        until(by_both)
        seen = len(answers)
        until(lambda: len(answers) > seen + 10)
    assert statuses(answers) == {200}


def test_after_a_restart_of_postgresql_no_process_needs_one_and_no_edit_is_lost(
    broken: Stack, published: str, coordinator: Client, anybody: Client
):
    draft = copied(coordinator, published)
    todo = duties(broken.home, draft)
    written: set[str] = set()
    answered: list[Answer | Exception] = []

    def write() -> str:
        """Write the next note; gives its words if the site said that it is saved."""
        words = f"note {len(answered)}"
        answered.append(note(coordinator, draft, todo[len(answered) % len(todo)], words))
        if statuses(answered[-1:]) == {302}:
            written.add(words)
            return words
        return ""

    before = {name: part.pid for name, part in broken.parts.items() if name != "postgresql"}
    booted = booted_processes(broken)
    with readers(coordinator, f"{HOME}/month/", f"{HOME}/people/") as answers:
        assert [bool(write()) for _ in range(3)] == [True, True, True]
        broken.parts["postgresql"].stop()
        write()
        refused = [each for each in answered if isinstance(each, Answer) and each.status != 302]
        broken.restart("postgresql")
        until(write)
        seen = len(answers)
        until(lambda: len(answers) > seen + 5)
    assert {503} <= statuses(answered) <= {302, 503}
    assert statuses(answers) <= {200, 302, 503}
    assert "Nothing was saved. Try again in a minute." in refused[0].text
    assert written <= notes(broken.home, draft)
    assert {name: part.pid for name, part in broken.parts.items() if name != "postgresql"} == before
    assert all(part.alive for part in broken.parts.values())
    assert booted_processes(broken) == booted


def booted_processes(running: Stack) -> int:
    """How many processes the gunicorns have started so far."""
    return sum(running.home.log(site).read_text().count("Booting worker") for site in ("site1", "site2"))


def test_a_process_that_takes_anothers_place_counts_on(broken: Stack):
    """A count that fell would look to Prometheus like a rise of all that was counted before."""
    site = Client(broken.home.port("site2"))

    def count() -> float:
        name = "django_http_requests_latency_seconds_by_view_method_count"
        lines = site.get("/metrics").text.splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))

    def process() -> int:
        """Which process has answered last."""
        site.get("/sign-in/")
        lines = broken.home.log("site2").read_text().splitlines()
        return [int(json.loads(line)["process"]) for line in lines if '"gunicorn.access"' in line][-1]

    first, counted = process(), count()
    assert counted > 0
    os.kill(first, signal.SIGKILL)
    until(lambda: tolerant(process) not in {first, None})
    assert count() > counted


def tolerant[T](find: Callable[[], T]) -> T | None:
    """None while nobody answers."""
    try:
        return find()
    except (OSError, HTTPException):
        return None
