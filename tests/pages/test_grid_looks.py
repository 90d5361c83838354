"""The pages of the grids are put together from parts that are remembered: they say what they would say anew."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from pytest_django.asserts import assertHTMLEqual

from people.models import Program
from scheduling.models import Rotation, Schedule
from scheduling.views import sheets
from scheduling.views.context import Opened
from scheduling.views.patch import Page, turns_html
from tests.factories import Wards

HOME = "/p/internal-medicine/"
PAGES = ("month/2026-11/", "month/2026-12/", "month/2026-11/?level=1", "month/2026-11/?rotation=WA&name=1", "year/")
TOKEN = re.compile(r'(?<=name="csrfmiddlewaretoken" value=")[^"]*')

STATES: dict[str, Callable[[Wards], object]] = {
    "as it is": lambda wards: None,
    "a note": lambda wards: Schedule.objects.update(note="After <the> fire"),
    "another number": lambda wards: Schedule.objects.update(number=7),
    "a later revision": lambda wards: Schedule.objects.update(revision=41),
    "a draft": lambda wards: Schedule.objects.update(status="draft"),
    "a sandbox": lambda wards: Schedule.objects.update(is_what_if=True),
    "another name": lambda wards: Program.objects.update(name="Medicine & more"),
    "another rotation": lambda wards: Rotation.objects.filter(pk=wards.ward.pk).update(name="Ward B", code="WB"),
    "nobody": lambda wards: wards.program.people.update(end_date=date(2026, 7, 2)),
}


def test_what_is_remembered_is_what_would_be_rendered(
    wards: Wards, owner: Client, colleague: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = sheets._look
    for name, write in STATES.items():
        write(wards)
        for client in (owner, colleague):
            for page in PAGES:
                found = {}
                for look in (usual, usual, lambda *_: None):
                    monkeypatch.setattr(sheets, "_look", look)
                    found[look] = TOKEN.sub("", client.get(HOME + page).content.decode())
                remembered, anew = found.values()
                assert remembered == anew, (name, page)


@pytest.mark.parametrize("view", ["month", "year"])
def test_a_page_takes_nothing_in(wards: Wards, owner: Client, view: str) -> None:
    page = HOME + {"month": "month/2026-11/", "year": "year/"}[view]
    response = owner.post(page, {"name": "Resident"})
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD")
    assert "<h1>Only to be read</h1>" in response.content.decode()
    assert owner.head(page).status_code == 200


def test_undo_after_an_edit_is_that_of_the_page(wards: Wards, owner: Client) -> None:
    """A patch writes its forms without a template: they are those of the template."""
    page, schedule = Page(date(2026, 11, 1), 1, "?level=1"), Schedule.objects.get()
    request = RequestFactory().get(f"{HOME}month/2026-11/?level=1")
    for titles in (("", ""), ("Moved <Ann> & co", ""), ("", 'Moved "Bo"'), ("One", "Other")):
        opened = Opened(wards.people[0].user, wards.program, True, {}, request)  # type: ignore[arg-type]
        made = turns_html(request, opened, schedule, page, titles)
        context = {"program": wards.program, "schedule": schedule, "undoes": titles[0], "redoes": titles[1]}
        plain = render_to_string("scheduling/turns.html", context, request)
        inside = made.removeprefix('<div hx-swap-oob="innerHTML:#turns">').removesuffix("</div>")
        assertHTMLEqual(TOKEN.sub("", inside), TOKEN.sub("", plain))
