"""When a notice is mailed, by what its reader has chosen."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from people.models import AuditLog, Notice, Program, User
from people.notice_choices import choose, delivery, kinds_for, mail_at, next_digest
from people.notices import Word, tell, tell_each
from tests.factories import make_person, make_program, make_user
from tests.people.conftest import START

Kind = Notice.Kind
SOON = START + timedelta(minutes=2)
MORNING = datetime(2026, 11, 4, 12, tzinfo=UTC)  # 7 in New York, which is at UTC-5 by then
NEW_YORK = Program(name="Medicine", slug="medicine")


def user(**choices: object) -> User:
    return User(username="ana", notice_choices=choices)


@pytest.mark.parametrize(
    ("kind", "expected"), [("schedule", SOON), ("request", SOON), ("decide", MORNING), ("result", None)]
)
def test_without_a_choice_what_matters_goes_at_once(kind: str, expected: datetime | None, mail: None) -> None:
    assert mail_at(user(), kind, NEW_YORK, START) == expected


@pytest.mark.parametrize(("chosen", "expected"), [("now", SOON), ("daily", MORNING), ("list", None), ("none", None)])
def test_a_choice_counts(chosen: str, expected: datetime | None, mail: None) -> None:
    assert mail_at(user(decide=chosen), Kind.DECIDE, NEW_YORK, START) == expected


@pytest.mark.parametrize("chosen", ["daily", "list"])
@pytest.mark.parametrize(
    ("day", "is_near"),
    [(date(2026, 11, 2), False), (date(2026, 11, 3), True), (date(2026, 11, 5), True), (date(2026, 11, 6), False)],
)
def test_the_next_two_days_do_not_wait(chosen: str, day: date, is_near: bool, mail: None) -> None:
    later = MORNING if chosen == "daily" else None
    assert mail_at(user(schedule=chosen), Kind.SCHEDULE, NEW_YORK, START, day) == (SOON if is_near else later)


def test_only_ones_own_schedule_is_in_a_hurry(mail: None) -> None:
    assert mail_at(user(request="daily"), Kind.REQUEST, NEW_YORK, START, date(2026, 11, 3)) == MORNING


def test_near_is_by_the_programs_day(mail: None) -> None:
    late = datetime(2026, 11, 4, 4, tzinfo=UTC)  # in New York still 3 November
    assert mail_at(user(schedule="list"), Kind.SCHEDULE, NEW_YORK, late, date(2026, 11, 6)) is None
    auckland = Program(name="Medicine", slug="medicine", time_zone="Pacific/Auckland")
    assert mail_at(user(schedule="list"), Kind.SCHEDULE, auckland, late, date(2026, 11, 6)) is not None


def test_switched_off_nothing_is_mailed(mail: None) -> None:
    assert mail_at(user(mail=False, schedule="now"), Kind.SCHEDULE, NEW_YORK, START, START.date()) is None


def test_a_site_without_a_mail_server_mails_nothing(settings) -> None:
    settings.MAILERS = {}
    assert mail_at(user(schedule="now"), Kind.SCHEDULE, NEW_YORK, START, START.date()) is None


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 11, 3, 11, 59, tzinfo=UTC), datetime(2026, 11, 3, 12, tzinfo=UTC)),
        (datetime(2026, 11, 3, 12, tzinfo=UTC), datetime(2026, 11, 4, 12, tzinfo=UTC)),
        (datetime(2026, 10, 31, 12, tzinfo=UTC), datetime(2026, 11, 1, 12, tzinfo=UTC)),  # clocks go back: 25 h of day
        (datetime(2027, 3, 13, 13, tzinfo=UTC), datetime(2027, 3, 14, 11, tzinfo=UTC)),  # and forth
    ],
)
def test_the_daily_message_goes_at_seven(now: datetime, expected: datetime) -> None:
    assert next_digest(NEW_YORK, now) == expected


def test_own_work_cannot_leave_the_list_and_nonsense_is_the_default() -> None:
    assert delivery(user(schedule="none"), Kind.SCHEDULE) == "now"
    assert delivery(user(decide="never"), Kind.DECIDE) == "daily"
    assert delivery(user(decide="none"), Kind.DECIDE) == "none"


@pytest.mark.django_db
def test_who_makes_schedules_is_told_of_more() -> None:
    program = make_program()
    ana, resident, chief = make_user("ana"), make_person(program, "Ana"), make_person(program, "Chief", is_chief=True)
    assert kinds_for(ana, resident) == [Kind.SCHEDULE, Kind.REQUEST]
    assert kinds_for(ana, chief) == kinds_for(make_user("c", User.Role.COORDINATOR), None) == list(Kind)


@pytest.mark.django_db
def test_choosing_keeps_the_other_choices_and_is_recorded() -> None:
    ana = make_user("ana")
    choose(user=ana, by_mail=True, choices={"decide": "none"})
    choose(user=ana, by_mail=False, choices={"schedule": "daily"})
    ana.refresh_from_db()
    assert ana.notice_choices == {"decide": "none", "schedule": "daily", "mail": False}
    entries = AuditLog.objects.filter(action="notices chosen", user=ana, target=f"user:{ana.pk}").order_by("pk")
    assert [entry.changes for entry in entries] == [{"decide": "none", "mail": True}, ana.notice_choices]


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "chosen"), [("schedule", "none"), ("decide", "weekly"), ("mail", "now")])
def test_what_cannot_be_chosen_is_refused(kind: str, chosen: str) -> None:
    ana = make_user("ana")
    with pytest.raises(ValidationError, match=f"'{chosen}' cannot be chosen for '{kind}'"):
        choose(user=ana, by_mail=True, choices={kind: chosen})
    ana.refresh_from_db()
    assert ana.notice_choices == {}


@pytest.mark.django_db
def test_a_kind_that_is_switched_off_is_not_told() -> None:
    program, ana, bo = make_program(), make_user("ana"), make_user("bo")
    ana.notice_choices = {"decide": "none"}
    assert tell(users=[ana, bo, bo], program=program, subject="Cy asks for leave", url="/", kind=Kind.DECIDE) == 1
    assert [notice.user for notice in Notice.objects.all()] == [bo]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_telling_costs_two_queries(count: int, mail: None, django_assert_num_queries) -> None:
    program = make_program()
    words = [Word(make_user(f"u{n}"), program, Kind.SCHEDULE, "Your schedule changed", "/my/") for n in range(count)]
    with django_assert_num_queries(2):
        assert tell_each(words) == count
