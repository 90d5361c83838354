"""What heads a notice of one's own schedule, and when it is too near to wait."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from people.models import Notice
from scheduling.models import Schedule
from scheduling.services.changes import Change, PlanChange
from scheduling.services.drafts import new_draft
from scheduling.services.edit import change
from scheduling.services.publish import publish
from scheduling.services.telling import Place, tell_people
from tests.factories import make_person, make_user, place, work
from tests.scheduling.small import Small

NOW = datetime(2026, 7, 10, 16, tzinfo=UTC)  # Friday 10 July, noon in New York
SOON = NOW + timedelta(minutes=2)
MORNING = datetime(2026, 7, 11, 11, tzinfo=UTC)  # 7 in New York, which is at UTC-4 by then


@pytest.fixture
def published(small: Small, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Schedule:
    """Ana, who wants mail once a day, works on 9, 12 and 15 July, and is on the ward in both periods."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    small.ana.user = make_user("ana")
    small.ana.user.notice_choices = {"schedule": "daily"}
    small.ana.user.save()
    small.ana.save()
    for day in (9, 12, 15):
        work(small.draft, small.ana, date(2026, 7, day), small.day, small.ward)
    for number in (1, 2):
        place(small.draft, small.ana, number, small.ward)
    schedule = publish(schedule=small.draft, user=None)
    Notice.objects.all().delete()
    return schedule


def off(small: Small, *days: int) -> list[Change]:
    return [Change(small.ana.pk, date(2026, 7, day), "D", "WA", None) for day in days]


def told() -> tuple[str, datetime | None]:
    notice = Notice.objects.get()
    return notice.heading, notice.mail_at


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("days", "heading", "mail_at"),
    [
        ([12], "Your schedule changed: Sun 12 Jul, day", SOON),
        ([15], "Your schedule changed: Wed 15 Jul, day", MORNING),
        ([15, 12], "Your schedule changed: Sun 12 Jul, day and 1 more", SOON),
        ([9], "Your schedule changed", MORNING),  # over, so neither a heading nor in a hurry
        ([9, 15], "Your schedule changed: Wed 15 Jul, day", MORNING),
    ],
)
def test_an_edit(small: Small, published: Schedule, days: list[int], heading: str, mail_at: datetime) -> None:
    change(schedule=published, user=None, changes=off(small, *days))
    assert told() == (heading, mail_at)


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "mail_at"), [([12, 15], SOON), ([15], MORNING)])
def test_publishing(small: Small, published: Schedule, days: list[int], mail_at: datetime) -> None:
    draft = new_draft(academic_year=small.year, user=None, based_on=published)
    change(schedule=draft, user=None, changes=off(small, *days))
    publish(schedule=draft, user=None)
    first = f"{date(2026, 7, days[0]):%a %-d %b}, day"
    assert told() == (f"Your schedule changed: {first}{' and 1 more' if len(days) > 1 else ''}", mail_at)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("number", "where", "mail_at"),
    [(1, "period 1 (1 Jul to 28 Jul)", SOON), (2, "period 2 (29 Jul to 25 Aug)", MORNING)],
)
def test_a_period_that_runs_is_near(
    small: Small, published: Schedule, number: int, where: str, mail_at: datetime
) -> None:
    change(schedule=published, user=None, changes=[PlanChange(small.ana.pk, number, "WA", "CL")])
    heading, at = told()
    assert heading.startswith(f"Your schedule changed: {where}")
    assert at == mail_at


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_telling_many_costs_three_queries(
    small: Small, published: Schedule, count: int, django_assert_num_queries
) -> None:
    people = [make_person(small.program, f"P{n}", user=make_user(f"p{n}")) for n in range(count)]
    today = Place(date(2026, 7, 10), date(2026, 7, 10), "Fri 10 Jul, day")
    # The people, their notices, and the task that mails these.
    with django_assert_num_queries(3):
        tell_people(published, {p.pk: ["Changed."] for p in people}, places={p.pk: [today] for p in people})
