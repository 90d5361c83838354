"""Giving a block on its page: what the page showed is asked for again."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.factories import Wards, work
from tests.pages.conftest import NOON, Reading

# On Thursday 5 November nobody is on the ward by day: Resident 002 is free.
BLOCK = "/p/internal-medicine/schedules/1/block/2026-11-05/WA/D/"


def fields(html: str) -> dict[str, str]:
    (form,) = [each for each in re.findall(r"<form.*?</form>", html, re.DOTALL) if "/fill/" in each]
    return dict(re.findall(r'name="(person|is_short)" value="([^"]*)"', form))


def test_who_was_shown_a_gap_fills_no_other(wards: Wards, owner: Client, read: Reading) -> None:
    sent = fields(read(owner, BLOCK))
    assert sent == {"person": str(wards.people[2].pk), "is_short": "1"}
    work(wards.schedule, wards.people[1], date(2026, 11, 5), wards.day, wards.ward)
    assert fields(read(owner, BLOCK)) == {"person": str(wards.people[2].pk)}
    html = owner.post(f"{BLOCK}fill/", sent, follow=True).content.decode()
    assert "Ward A, day on Thu 5 Nov has enough people by now: look at it again. Nothing was changed." in html
    assert not wards.people[2].assignments.filter(block__date="2026-11-05").exists()


def test_what_is_over_is_given_no_more(
    wards: Wards, owner: Client, read: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = fields(read(owner, BLOCK))
    monkeypatch.setattr(timezone, "now", lambda: NOON + timedelta(days=3))
    html = read(owner, BLOCK)
    assert "Resident 002" in html
    assert "/fill/" not in html
    html = owner.post(f"{BLOCK}fill/", sent, follow=True).content.decode()
    assert "Ward A, day on Thu 5 Nov is over: nobody can take it any more. Nothing was changed." in html
