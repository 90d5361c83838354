"""A run's page: what it says in each state, what is polled, and its two buttons."""

import re
from datetime import timedelta

import pytest

from scheduling.models import GenerationRun
from tests.factories import make_schedule
from tests.pages.conftest import NOON
from tests.pages.test_versions import notices, text


@pytest.fixture
def run(wards):
    """A run that has worked for 65 seconds."""
    return GenerationRun.objects.create(
        schedule=make_schedule(wards.year),
        status="running",
        phase="roster, period 6 of 13",
        progress=42,
        objective=2210.44,
        bound=1790.0,
        gap=0.19,
        time_limit=600,
        started_at=NOON - timedelta(seconds=65),
        heartbeat=NOON,
    )


@pytest.fixture
def page(run):
    return f"/p/internal-medicine/runs/{run.pk}/"


def test_while_it_runs(page, owner, read):
    html = read(owner, page)
    words = text(html)
    assert "running Roster, period 6 of 13 0:01:05 elapsed · at most 10 min" in words
    assert '<progress max="100" value="42" aria-label="Progress">42 %</progress>' in html
    assert "Best so far costs 2,210.4" in words
    assert "None can cost less than 1,790" in words
    assert "Room for better 19 % at most" in words
    assert f'hx-get="{page}" hx-trigger="every 1s" hx-swap="outerHTML"' in html
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in html


def test_what_is_polled_is_the_progress_alone(page, run, owner):
    response = owner.get(page, headers={"HX-Request": "true"})
    html = response.content.decode()
    assert html.strip().startswith('<section class="card" id="progress" hx-get=')
    assert "<html" not in html
    GenerationRun.objects.update(status="succeeded", progress=100, gap=0.0, shortfalls=[{"sentence": "Nobody."}])
    html = owner.get(page, headers={"HX-Request": "true"}).content.decode()
    assert "hx-get" not in html
    assert "Nobody." in html
    assert "Room for better none it is the best" in text(html)


def test_nobody_signed_in_any_more_is_sent_to_sign_in(page, client):
    response = client.get(page, headers={"HX-Request": "true"})
    assert response.headers["HX-Redirect"] == "/sign-in/"


def test_while_it_waits(page, owner, read):
    GenerationRun.objects.update(status="queued", started_at=None, objective=None, progress=0)
    words = text(read(owner, page))
    assert "It waits for a worker." in words
    assert "elapsed" not in words


def test_cancel(page, owner, read):
    response = owner.post(f"{page}cancel/")
    assert response.url == page
    assert GenerationRun.objects.get().cancel_requested
    html = read(owner, page)
    assert "It is being stopped" in html
    assert "cancel/" not in html


def test_after_a_cancel_that_kept_nothing(page, owner, read):
    GenerationRun.objects.update(status="cancelled", objective=None)
    html = read(owner, page)
    assert "It was stopped before it had a complete schedule: nothing was changed." in html
    assert "<h2>Problems</h2>" not in html
    assert f'action="{page}retry/"' in html


def test_after_a_cancel_that_kept_the_best(page, owner, read):
    GenerationRun.objects.update(status="cancelled", progress=100, shortfalls=[{"sentence": "Nobody covers Ward A."}])
    html = read(owner, page)
    assert "The best schedule until then was complete, and is what this version has now." in html
    assert "Nobody covers Ward A." in html


def test_what_is_over_cannot_be_cancelled(page, owner):
    GenerationRun.objects.update(status="succeeded")
    owner.post(f"{page}cancel/")
    assert re.fullmatch(r"Run \d+ .* is over already \(finished\)\.", notices(owner, page)[0])


def test_a_failure_says_why_and_offers_to_try_again(page, run, owner, read):
    GenerationRun.objects.update(status="failed", error="The worker stopped in the middle.")
    html = read(owner, page)
    assert "The worker stopped in the middle." in html
    assert f'action="{page}retry/"' in html
    response = owner.post(f"{page}retry/")
    again = GenerationRun.objects.exclude(pk=run.pk).get()
    assert response.url == f"/p/internal-medicine/runs/{again.pk}/"


def test_what_has_not_failed_is_not_tried_again(page, owner):
    owner.post(f"{page}retry/")
    assert re.fullmatch(r"Run \d+ .* has not failed \(running\).*", notices(owner, page)[0])


def test_a_run_that_nobody_works_on_any_more_is_shown_as_failed(page, owner, read):
    GenerationRun.objects.update(heartbeat=NOON - timedelta(hours=1))
    assert "no other has taken this up" in read(owner, page)
    assert GenerationRun.objects.get().status == "failed"
