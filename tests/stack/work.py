"""What a coordinator does in the stack's program, through its pages, and what the database says of it."""

import re
from typing import Any

from deploy.stack.home import Home
from deploy.stack.servers import connect
from tests.stack.client import Client
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


def publish(client: Client, draft: str) -> None:
    page = client.get(f"{draft}publish/")
    seen = re.search(r'name="seen" value="([^"]*)"', page.text)
    done = client.post(f"{draft}publish/", note="For everybody", seen=seen[1] if seen else "")
    assert done.status == 302, done.text
