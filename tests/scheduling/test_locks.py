"""Two who do something with one draft at the same moment: one of them waits, and neither is thrown out."""

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connections

from absences.models import Absence
from scheduling.models import GenerationRun, Schedule
from scheduling.services import drafts, edit, generate, leave, publish, sandbox
from tests.factories import place, work
from tests.scheduling.small import Small

pytestmark = pytest.mark.django_db(transaction=True)
WEDNESDAY = date(2026, 7, 8)
HELD = 0.5  # seconds in which the other one runs into the locks


def at_once(held: threading.Event, first: Callable[[], object], second: Callable[[], object]) -> dict[str, str]:
    """Do the second as soon as the first holds its locks (and has set `held`); returns how each went."""
    went: dict[str, str] = {}

    def run(name: str, what: Callable[[], object]) -> None:
        try:
            what()
            went[name] = "done"
        except ValidationError as error:
            went[name] = " ".join(error.messages)
        except DatabaseError as error:
            went[name] = repr(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in (("first", first), ("second", second))]
    threads[0].start()
    assert held.wait(60)
    threads[1].start()
    for thread in threads:
        thread.join(60)
    return went


def hold(monkeypatch: pytest.MonkeyPatch, where: Any, name: str) -> threading.Event:
    """Whoever comes to this function of a service holds its locks for a while; the event says when."""
    held = threading.Event()
    real = getattr(where, name)

    def slowly(*args: Any, **more: Any) -> Any:
        held.set()
        threading.Event().wait(HELD)
        return real(*args, **more)

    monkeypatch.setattr(where, name, slowly)
    return held


def test_publishing_waits_for_a_request(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    place(small.draft, small.ana, 1, small.ward)
    held = hold(monkeypatch, generate, "require_ready")
    went = at_once(held, small.request, lambda: publish.publish(schedule=small.draft, user=None))
    assert went == {
        "first": "done",
        "second": "Draft 1 (2026) is being generated: wait for that to end, or cancel it.",
    }
    assert (Schedule.objects.get().status, GenerationRun.objects.get().status) == ("draft", "queued")


def test_a_request_waits_for_publishing(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    place(small.draft, small.ana, 1, small.ward)
    held = hold(monkeypatch, publish, "active_run")
    went = at_once(held, lambda: publish.publish(schedule=small.draft, user=None), small.request)
    assert went == {
        "first": "done",
        "second": "Published 1 (2026) is not a draft: make a new draft from it and generate that.",
    }
    assert GenerationRun.objects.count() == 0


def test_a_copy_and_a_request_do_not_hinder_each_other(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    place(small.draft, small.ana, 1, small.ward)
    held = hold(monkeypatch, generate, "require_ready")
    hold(monkeypatch, drafts, "next_schedule_number")
    went = at_once(
        held,
        small.request,
        lambda: drafts.new_draft(academic_year=small.year, user=None, based_on=small.draft),
    )
    assert went == {"first": "done", "second": "done"}
    assert list(Schedule.objects.order_by("number").values_list("number", flat=True)) == [1, 2]


def published_with_a_draft(small: Small) -> tuple[Schedule, Schedule]:
    """Ana's Wednesday, published, and a draft based on it."""
    place(small.draft, small.ana, 1, small.ward)
    work(small.draft, small.ana, WEDNESDAY, small.day, small.ward)
    published = publish.publish(schedule=small.draft, user=None)
    return published, drafts.new_draft(academic_year=small.year, user=None, based_on=published)


def test_a_change_of_what_is_published_waits_for_the_draft_that_takes_its_place(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    published, draft = published_with_a_draft(small)
    held = hold(monkeypatch, publish, "_check")
    went = at_once(
        held,
        lambda: publish.publish(schedule=draft, user=None),
        lambda: edit.change(
            schedule=published, user=None, changes=[edit.Change(small.ana.pk, WEDNESDAY, "D", "WA", None)]
        ),
    )
    assert went == {
        "first": "done",
        "second": "Archived 1 (2026) is archived: it stays as it was. Make a draft from it and change that.",
    }


def test_leave_is_approved_after_a_draft_is_published(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    _, draft = published_with_a_draft(small)
    asked = Absence.objects.create(person=small.ana, start_date=WEDNESDAY, end_date=WEDNESDAY)
    held = hold(monkeypatch, publish, "_check")
    went = at_once(
        held,
        lambda: publish.publish(schedule=draft, user=None),
        lambda: leave.approve(absence=asked, user=None),
    )
    assert went == {"first": "done", "second": "done"}
    draft.refresh_from_db()
    assert (draft.status, draft.revision) == ("published", 3)


def test_adopting_and_a_change_of_what_is_published_wait_for_each_other(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The change is carried into the draft and its sandbox, which adopting holds: in the same order, or both wait."""
    published, draft = published_with_a_draft(small)
    box = sandbox.try_out(base=draft, user=None)
    day = date(2026, 8, 3)
    edit.change(schedule=box, user=None, changes=[edit.Change(small.bo.pk, day, "D", None, "WA")])
    held = hold(monkeypatch, sandbox, "changes_of")
    went = at_once(
        held,
        lambda: sandbox.adopt(sandbox=box, user=None),
        lambda: edit.change(schedule=published, user=None, changes=[edit.Change(small.ana.pk, day, "D", None, "WA")]),
    )
    assert went == {"first": "done", "second": "done"}
    assert draft.assignments.filter(block__date=day).count() == 2
