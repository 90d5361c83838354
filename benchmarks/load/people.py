"""Whom the load test plays, for locust. Each request is one that a browser sends for what somebody does.

A browser keeps a page with its ETag and asks again by it, asks for what the page itself asks for as soon as it is there
(its list of problems), and loads no static file twice, so those are left out. Residents and chiefs look at a page for
five to fifteen seconds before the next one; coordinators at work go on after three to nine. Whoever has a draft open
for changes also asks every three seconds what others have changed, as the page does.
"""

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from html import unescape
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import gevent
from locust import HttpUser, between, task
from requests.adapters import HTTPAdapter

from benchmarks.load.names import PASSWORD, SLUG

PROGRAM = f"/p/{SLUG}"
HTMX = {"HX-Request": "true"}
ADDRESSES = 10  # on loopback, people come from so many: nginx limits how often one address may sign in
CELL = re.compile(r'class="cell" href="(\d+)/(\d+)/\?schedule=\d+" data-was="([^"]+)"')
FIELD = re.compile(r'name="(revision|was|state)" value="([^"]*)"')
ALLOWED = re.compile(r'name="cell" value="([^"]+)" class="choice">(?:(?!</li>).)*?verdict allowed', re.DOTALL)
PART = re.compile(r'hx-get="([^"]+)" hx-trigger="load')  # what a page asks for as soon as it is there
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


def months() -> list[str]:
    """This month, and those beside it."""
    first = date.today().replace(day=1)  # noqa: DTZ011 whichever month it is where the test runs
    beside = (first - timedelta(days=1), first, first + timedelta(days=32))
    return [f"{day:%Y-%m}" for day in beside]


class Visitor(HttpUser):
    """Somebody with an account, signed in through the page."""

    abstract = True
    wait_time = between(5, 15)
    role = ""
    numbers: Iterator[int]
    signed_in = 0  # of all

    def on_start(self) -> None:
        number = next(self.numbers)
        self.tags: dict[str, str] = {}
        self.parts: dict[str, list[str]] = {}
        if urlsplit(self.host).hostname == "127.0.0.1":
            source = HTTPAdapter()
            source.init_poolmanager(2, 2, source_address=(f"127.0.1.{1 + number % ADDRESSES}", 0))
            self.client.mount("http://", source)
        while not self.sign_in(f"load-{self.role}{number}"):
            gevent.sleep(random.uniform(2, 8))

    def sign_in(self, username: str) -> bool:
        """Whether it went; people try again when the site does not answer."""
        page = self.client.get("/sign-in/", name="sign in")
        token = TOKEN.search(page.text or "")
        fields = {
            "csrfmiddlewaretoken": token[1] if token else "",
            "username": username,
            "password": PASSWORD,
        }
        answer = self.client.post("/sign-in/", fields, name="sign in", allow_redirects=False)
        if answer.status_code == 302:
            Visitor.signed_in += 1
        return bool(answer.status_code == 302)

    def read(self, name: str, address: str, **headers: str) -> Any:
        """A page, unless the browser has it as it is."""
        known = {"If-None-Match": self.tags[address]} if address in self.tags else {}
        with self.client.get(address, name=name, headers=known | headers, catch_response=True) as answer:
            if answer.status_code == 304:
                answer.request_meta["name"] = f"{name} (304)"
            elif answer.status_code not in (200, 204) or answer.url.endswith("/sign-in/"):
                answer.failure(f"{answer.status_code} at {answer.url}")
            else:
                self.parts[address] = PART.findall(answer.text)
            if answer.status_code == 200 and "ETag" in answer.headers:
                self.tags[address] = answer.headers["ETag"]
        for part in self.parts.get(address, ()):
            self.read("problems of a page", unescape(part), **HTMX)
        return answer

    @contextmanager
    def post(self, name: str, address: str, fields: dict[str, str]) -> Iterator[Any]:
        """A change, with the token that the browser has."""
        token = {"X-CSRFToken": self.client.cookies.get("csrftoken", "")}
        with self.client.post(
            address, fields, name=name, headers=token | HTMX, allow_redirects=False, catch_response=True
        ) as answer:
            yield answer


class Resident(Visitor):
    """Looks at their own month, at the program's, at a day; asks for a day of leave now and then."""

    fixed_count = 60
    role = "resident"
    numbers = count()

    @task(8)
    def my_month(self) -> None:
        self.read("my month", f"/my/{random.choice(months())}/")

    @task(5)
    def month(self) -> None:
        self.read("month", f"{PROGRAM}/month/{random.choice(months())}/")

    @task(4)
    def day(self) -> None:
        self.read("day", f"{PROGRAM}/day/{date.today() + timedelta(days=random.randrange(7))}/")  # noqa: DTZ011

    @task(3)
    def on_call(self) -> None:
        self.read("who is on", f"{PROGRAM}/on-call/")

    @task(1)
    def requests(self) -> None:
        self.read("requests", f"{PROGRAM}/requests/")

    @task(1)
    def ask_leave(self) -> None:
        day = str(date.today() + timedelta(days=random.randrange(60, 180)))  # noqa: DTZ011
        fields = {"start_date": day, "end_date": day, "kind": "vacation", "reason": "A load test"}
        with self.post("ask for leave", f"{PROGRAM}/requests/new/", fields) as answer:
            if answer.status_code in (302, 422):  # 422: for the same day they have asked before
                answer.success()


class Reader(Visitor):
    """A chief or director: looks at the whole, changes nothing."""

    fixed_count = 30
    role = "coordinator"
    numbers = count(10)

    @task(5)
    def month(self) -> None:
        self.read("month", f"{PROGRAM}/month/{random.choice(months())}/")

    @task(3)
    def day(self) -> None:
        self.read("day", f"{PROGRAM}/day/{date.today() + timedelta(days=random.randrange(7))}/")  # noqa: DTZ011

    @task(2)
    def on_call(self) -> None:
        self.read("who is on", f"{PROGRAM}/on-call/")

    @task(2)
    def year(self) -> None:
        self.read("year", f"{PROGRAM}/year/")

    @task(2)
    def people(self) -> None:
        self.read("people", f"{PROGRAM}/people/")

    @task(1)
    def requests(self) -> None:
        self.read("requests", f"{PROGRAM}/requests/")


class Editor(Visitor):
    """A coordinator with the month of a draft open: picks cells, reads their panels, changes some."""

    fixed_count = 10
    wait_time = between(3, 9)
    role = "coordinator"
    numbers = count()
    draft = 0  # its number; made before the people come

    def on_start(self) -> None:
        super().on_start()
        self.revision = "0"
        self.cells: list[tuple[str, str, str]] = []
        self.at = ""
        self.open_month()
        gevent.spawn(self._poll)

    def _poll(self) -> None:
        while True:
            gevent.sleep(3)
            self._since()

    def _since(self) -> None:
        query = f"month={self.at}&state=%3Fschedule%3D{self.draft}"
        address = f"{PROGRAM}/schedules/{self.draft}/since/{self.revision}/?{query}"
        answer = self.read("what others changed", address, **HTMX)
        found = re.search(r'data-revision="(\d+)"', answer.text or "")
        if found:
            self.revision = found[1]

    @task(2)
    def open_month(self) -> None:
        self.at = random.choice(months())
        page = self.read("month of a draft", f"{PROGRAM}/month/{self.at}/?schedule={self.draft}")
        if page.status_code == 200:
            self.cells = CELL.findall(page.text)
            found = re.search(r'data-revision="(\d+)"', page.text)
            self.revision = found[1] if found else self.revision

    @task(6)
    def look_and_change(self) -> None:
        """Opens a panel; four times in ten something of it is done."""
        if not self.cells:
            return
        person, day, _ = random.choice(self.cells)
        panel = self.read("panel", f"{PROGRAM}/month/{self.at}/{person}/{day}/?schedule={self.draft}", **HTMX)
        choices = ALLOWED.findall(panel.text)
        if panel.status_code != 200 or not choices or random.random() > 0.4:
            return
        gevent.sleep(random.uniform(1, 3))
        fields = dict(FIELD.findall(panel.text)) | {"month": self.at, "verb": "set", "cell": random.choice(choices)}
        self.change(fields)

    def change(self, fields: dict[str, str]) -> None:
        asks = False
        with self.post("edit", f"{PROGRAM}/schedules/{self.draft}/edit/", fields) as answer:
            if answer.status_code == 200:
                found = re.search(r'data-revision="(\d+)"', answer.text)
                self.revision = found[1] if found else self.revision
            elif answer.status_code == 409:  # somebody else was quicker
                answer.request_meta["name"] = "edit (409)"
                answer.success()
            elif answer.status_code == 422:  # what breaks a rule needs a reason
                answer.request_meta["name"] = "edit (422)"
                answer.success()
                asks = "reason" not in fields
        if asks:
            gevent.sleep(random.uniform(1, 3))
            self.change(fields | {"reason": "A load test"})

    @task(1)
    def problems(self) -> None:
        self.read("problems", f"{PROGRAM}/schedules/{self.draft}/problems/?view=month&at={self.at}", **HTMX)
