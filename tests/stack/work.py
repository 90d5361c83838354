"""What a coordinator does in the stack's program, through its pages, and what the database says of it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from threading import Event, Thread
from typing import Any

from deploy.stack.home import Home
from deploy.stack.servers import connect
from tests.stack.client import Answer, Client
from tests.stack.program import SLUG
from tests.stack.waiting import until

HOME = f"/p/{SLUG}"
YEAR = re.compile(r'<option value="(\d+)"')


def rows(home: Home, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """What PostgreSQL itself answers."""
    with connect(home, "postgresql") as connection:
        return connection.execute(sql, values).fetchall()


def one(home: Home, sql: str, *values: Any) -> Any:
    """The one value of the one row."""
    [(value,)] = rows(home, sql, *values)
    return value


def new_draft(client: Client, home: Home) -> str:
    """An empty draft of the program's year; gives its address."""
    client.get(f"{HOME}/schedules/")
    year = str(one(home, "SELECT id FROM scheduling_academicyear"))
    made = client.post(f"{HOME}/schedules/new/", academic_year=year, note="")
    assert made.status == 302, made.text
    return made.headers["location"]


def ask_to_generate(client: Client, draft: str) -> int:
    """Through the draft's page; gives the number of the run."""
    client.get(draft)
    asked = client.post(f"{draft}generate/", scope="year", minutes="1")
    assert asked.status == 302, asked.text
    return int(asked.headers["location"].rstrip("/").rpartition("/")[2])


def status(home: Home, run: int) -> str:
    return str(one(home, "SELECT status FROM scheduling_generationrun WHERE id = %s", run))


def made(home: Home, run: int) -> None:
    """Wait until a worker has finished the run. Fails if it ended otherwise."""
    until(lambda: status(home, run) not in {"queued", "running"}, within=120)
    assert rows(home, "SELECT status, error FROM scheduling_generationrun WHERE id = %s", run) == [("succeeded", "")]


def generate(client: Client, home: Home) -> str:
    """A draft with a schedule in it; gives its address."""
    draft = new_draft(client, home)
    made(home, ask_to_generate(client, draft))
    return draft


def copied(client: Client, version: str) -> str:
    """A draft with what is in this version; gives its address."""
    client.get(version)
    made = client.post(f"{version}copy/", note="")
    assert made.status == 302, made.text
    return made.headers["location"]


def publish(client: Client, draft: str) -> None:
    page = client.get(f"{draft}publish/")
    seen = re.search(r'name="seen" value="([^"]*)"', page.text)
    done = client.post(f"{draft}publish/", note="For everybody", seen=seen[1] if seen else "")
    assert done.status == 302, done.text


DUTIES = """
    SELECT a.person_id, b.date, r.code || '|' || t.code FROM scheduling_assignment a
    JOIN scheduling_block b ON b.id = a.block_id JOIN scheduling_rotation r ON r.id = a.rotation_id
    JOIN scheduling_shifttype t ON t.id = b.shift_type_id JOIN scheduling_schedule s ON s.id = a.schedule_id
    WHERE s.number = %s AND b.date > current_date ORDER BY b.date, a.person_id
"""
NOTES = """
    SELECT a.note FROM scheduling_assignment a JOIN scheduling_schedule s ON s.id = a.schedule_id
    WHERE s.number = %s AND a.note <> ''
"""


def number(version: str) -> int:
    return int(version.rstrip("/").rpartition("/")[2])


def duties(home: Home, draft: str) -> list[tuple[int, Any, str]]:
    """Who has what on which day to come, in a draft."""
    return [(person, day, held) for person, day, held in rows(home, DUTIES, number(draft))]


def note(client: Client, draft: str, duty: tuple[int, Any, str], words: str) -> Answer:
    """Write a note on a duty: the smallest edit there is."""
    person, day, held = duty
    at = f"{person}:{day}"
    said = {"verb": "note", "month": f"{day:%Y-%m}", "revision": "0", "cell": at, "was": f"{at}={held}", "note": words}
    return client.post(f"{draft}edit/", **said)


def notes(home: Home, draft: str) -> set[str]:
    return {words for (words,) in rows(home, NOTES, number(draft))}


@contextmanager
def readers(client: Client, *paths: str) -> Iterator[list[Answer | Exception]]:
    """Somebody for each of these paths who reads it all the time meanwhile; gives what they were answered."""
    answers: list[Answer | Exception] = []
    stop = Event()

    def read(path: str) -> None:
        browser = Client(client.port, dict(client.cookies))
        while not stop.is_set():
            try:
                answers.append(browser.get(path))
            except (OSError, HTTPException) as error:
                answers.append(error)

    threads = [Thread(target=read, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def ready(client: Client) -> tuple[int, dict[str, str]]:
    """What /readyz answers, and the status of each part."""
    answer = client.get("/readyz")
    return answer.status, {name: part["status"] for name, part in answer.json()["parts"].items()}
