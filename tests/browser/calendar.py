"""The calendar as tests see it: cells by person and column, what they hold, and whether the server has it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, CDPSession, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from people.models import User
from scheduling.models import Assignment, RotationAssignment, Schedule
from tests.browser.conftest import page_of
from tests.browser.test_pages import enter
from tests.factories import Wards, make_user, make_wards

HOME = "/p/internal-medicine/"
NEW = 1  # the revision of a schedule that nothing has changed


@dataclass(frozen=True, slots=True)
class Calendar:
    """An open month (columns are days of November 2026) or year (columns are periods)."""

    page: Page
    wards: Wards

    def cell(self, person: int, column: int) -> Locator:
        return self.page.locator(f"#r{self.wards.people[person].pk} > :nth-child({column + 1}) > a.cell")

    def holds(self, person: int, column: int, content: str) -> None:
        """Fail unless the cell comes to show this; "" is nothing."""
        if content:
            expect(self.cell(person, column)).to_have_attribute("data-was", content)
        else:
            expect(self.cell(person, column)).not_to_have_attribute("data-was", re.compile(""))

    def name(self, person: int, column: int) -> str:
        pk = self.wards.people[person].pk
        return f"{pk}:2026-11-{column:02}" if "/month/" in self.page.url else f"{pk}:{column}"

    def saved(self, edits: int = 1) -> None:
        """Wait until the server has made so many changes since the schedule was made."""
        expect(self.page.locator("[data-calendar]")).to_have_attribute("data-revision", str(NEW + edits))
        expect(self.page.locator("[data-calendar][aria-busy]")).to_have_count(0)

    def choose(self, words: str) -> None:
        """Press the choice of the open panel that says this."""
        self.page.locator("#panel .choices button", has_text=words).first.click()

    @property
    def panel(self) -> Locator:
        return self.page.locator("#panel")

    def focused(self) -> str:
        name: str = self.page.evaluate("calendar.focused() ? calendar.name(calendar.focused()) : ''")
        return name

    def drag(self, start: tuple[int, int], end: tuple[int, int], *keys: str) -> None:
        """With the mouse, letting go at the end; `keys` are held from the first pixel on."""
        mouse = self.page.mouse
        self._hover(self.cell(*start))
        mouse.down()
        for key in keys:
            self.page.keyboard.down(key)
        box = self.cell(*end).bounding_box()
        assert box
        mouse.move(box["x"] + 12, box["y"] + 8, steps=6)
        mouse.up()
        for key in keys:
            self.page.keyboard.up(key)

    def _hover(self, cell: Locator) -> None:
        box = cell.bounding_box()
        assert box
        self.page.mouse.move(box["x"] + 8, box["y"] + 8)


@dataclass(frozen=True, slots=True)
class Finger:
    """One finger on a touch screen."""

    session: CDPSession

    @classmethod
    def of(cls, page: Page) -> "Finger":
        return cls(page.context.new_cdp_session(page))

    def down(self, x: float, y: float) -> None:
        self._send("touchStart", [{"x": x, "y": y}])

    def move(self, x: float, y: float) -> None:
        self._send("touchMove", [{"x": x, "y": y}])

    def up(self) -> None:
        self._send("touchEnd", [])

    def long(self, page: Page, x: float, y: float) -> None:
        """Press until the script has taken it for a long press."""
        self.down(x, y)
        expect(page.locator("td.held")).to_have_count(1)

    def _send(self, kind: str, points: list[dict[str, float]]) -> None:
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


@contextmanager
def refusable(chromium: Browser, server: LiveServer, **options: Any) -> Iterator[Page]:
    """A page as `page_of` gives it, whose changes may be refused: the browser's console notes each as an error."""
    with page_of(chromium, server, allowed=r"status of (409|422)", **options) as page:
        yield page


def middle(cell: Locator) -> tuple[float, float]:
    box = cell.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def make_draft(count: int = 6) -> Wards:
    """A draft with its roster of November, and two who make it: owner and dana."""
    wards = make_wards(count, Schedule.Status.DRAFT)
    for username in ("owner", "dana"):
        make_user(username, User.Role.COORDINATOR, programs=(wards.program,))
    return wards


def open_month(page: Page, server: LiveServer, wards: Wards, username: str = "owner") -> Calendar:
    enter(page, server, username)
    page.goto(f"{HOME}month/2026-11/")
    return Calendar(page, wards)


def open_year(page: Page, server: LiveServer, wards: Wards, username: str = "owner") -> Calendar:
    enter(page, server, username)
    page.goto(f"{HOME}year/")
    return Calendar(page, wards)


def stored(wards: Wards, person: int, day: int) -> str:
    """What the database holds for a day of November."""
    rows = Assignment.objects.filter(person=wards.people[person], block__date=f"2026-11-{day:02}")
    return "/".join(
        f"{row.rotation.code}|{row.block.shift_type.code}"
        for row in rows.select_related("rotation", "block__shift_type")
    )


def placed(wards: Wards, person: int, period: int) -> str:
    """What the database holds for a period."""
    row = RotationAssignment.objects.filter(person=wards.people[person], period__number=period).first()
    return row.rotation.code if row else ""
