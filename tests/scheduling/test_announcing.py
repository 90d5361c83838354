"""Who asked for a generation, or a long answer, is told how it ended, unless they stopped it themselves."""

from datetime import timedelta

import pytest
from django.utils import timezone

from people.models import Notice, User
from scheduling.models import GenerationRun, Inquiry
from scheduling.services import generate, jobs, performing
from scheduling.services.announcing import PATIENCE, announce
from scheduling.services.inquiries import ask
from tests.factories import make_user
from tests.scheduling.fake_solvers import FakeSolvers
from tests.scheduling.small import Small


def told() -> list[tuple[str, str, str, list[str], str]]:
    rows = Notice.objects.order_by("pk").select_related("user")
    return [(each.user.username, each.kind, each.subject, each.lines, each.url) for each in rows]


@pytest.mark.django_db(transaction=True)
def test_a_finished_generation(small: Small, solvers: FakeSolvers) -> None:
    run = generate.perform(small.request().pk)
    short = len(run.shortfalls)
    assert run.status == "succeeded"
    assert told() == [
        (
            "internal-medicine-coordinator",
            "result",
            "Draft 1 (2026) is generated",
            [f"{short} things are short." if short else "Nothing is short.", "No rule is broken."],
            f"/p/internal-medicine/runs/{run.pk}/",
        )
    ]


@pytest.mark.django_db(transaction=True)
def test_a_failed_generation(small: Small, solvers: FakeSolvers, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no memory")

    monkeypatch.setattr(performing, "solve", fail)
    run = generate.perform(small.request().pk)
    assert [(subject, lines) for _, _, subject, lines, _ in told()] == [
        ("Draft 1 (2026) could not be generated", [jobs.UNEXPECTED])
    ]
    assert run.status == "failed"


@pytest.mark.django_db(transaction=True)
def test_one_whose_worker_died(small: Small) -> None:
    run = small.request()
    GenerationRun.objects.update(status="running", heartbeat=timezone.now() - timedelta(days=1))
    run.refresh_from_db()
    for _ in range(2):
        jobs.fail_if_stale(run)
    assert [(subject, lines) for _, _, subject, lines, _ in told()] == [
        ("Draft 1 (2026) could not be generated", [generate.STALE_ERROR])
    ]


@pytest.mark.django_db
def test_who_cancels_is_not_told_but_whose_run_it_was_is(small: Small) -> None:
    generate.cancel(run=small.request(), user=small.coordinator)
    assert told() == []
    run = small.request()
    other = make_user("other", User.Role.COORDINATOR, programs=(small.program,))
    generate.cancel(run=run, user=other)
    assert told() == [
        (
            "internal-medicine-coordinator",
            "result",
            "Generating Draft 1 (2026) was cancelled by other",
            [],
            f"/p/internal-medicine/runs/{run.pk}/",
        )
    ]


def inquiry(small: Small, kind: str, minutes: float) -> Inquiry:
    asked = Inquiry.objects.create(
        schedule=small.draft, kind=kind, revision=1, requested_by=small.coordinator, status="succeeded"
    )
    Inquiry.objects.update(created_at=timezone.now() - timedelta(minutes=minutes))
    asked.refresh_from_db()
    return asked


@pytest.mark.django_db
def test_an_answer_that_took_long_is_told_of_and_one_that_was_waited_for_is_not(small: Small) -> None:
    assert announce(inquiry(small, "fill", PATIENCE.total_seconds() / 60 - 0.2)) == 0
    assert announce(inquiry(small, "spread", 60)) == 0  # it comes with every generation, asked for by nobody
    late = inquiry(small, "fill", 2)
    assert announce(late) == 1
    late.status, late.error = "failed", "No solver."
    assert announce(late) == 1
    url = f"/p/internal-medicine/inquiries/{late.pk}/"
    assert [(subject, lines, link) for _, _, subject, lines, link in told()] == [
        ("Your question is answered: what would fill a block", [], url),
        ("Your question could not be answered: what would fill a block", ["No solver."], url),
    ]


@pytest.mark.django_db
def test_a_question_that_is_called_off_is_nothing_to_tell(small: Small) -> None:
    asked = ask.ask(schedule=small.draft, user=small.coordinator, kind="conflict", parameters={}, enqueue=False)
    ask.cancel(inquiry=asked, user=make_user("other"))
    assert told() == []
