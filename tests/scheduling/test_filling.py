"""Giving a block to somebody who could take it: what changes, and what is looked at again before it does."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from people.models import Person
from scheduling.models import Assignment, Cover, Edit, Schedule, ShiftType, Staffing
from scheduling.services import filling
from scheduling.services.filling import fill
from scheduling.services.slot import read
from tests.factories import Wards, make_wards, work
from tests.scheduling.test_locks import at_once, hold

DAY = timedelta(days=1)
SATURDAY = date(2026, 11, 7)
BEFORE = datetime(2026, 11, 3, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: BEFORE)


def nobody_works() -> Wards:
    """Ana (PGY-1) on the ward, Bo (PGY-2) on intensive care, Cy (PGY-3) on the ward; nobody works yet."""
    made = make_wards(3)
    Assignment.objects.all().delete()
    for person, name in zip(made.people, ("Ana", "Bo", "Cy"), strict=True):
        person.name = name
        person.save()
    return made


@pytest.fixture
def wards(db: None) -> Wards:
    return nobody_works()


def give(wards: Wards, person: Person | int, **values: object) -> Edit:
    """The ward by day on Saturday."""
    given = {"day": SATURDAY, "rotation": wards.ward, "shift_type": wards.day, **values}
    key = person if isinstance(person, int) else person.pk
    return fill(schedule=wards.schedule, user=None, person=key, **given)  # type: ignore[arg-type]


def works() -> list[tuple[str, date, str, str]]:
    rows = Assignment.objects.order_by("person__name", "block__starts_at")
    return list(rows.values_list("person__name", "block__date", "block__shift_type__code", "role"))


def on_backup(wards: Wards, person: Person, day: date = SATURDAY) -> ShiftType:
    backup, _ = ShiftType.objects.get_or_create(
        program=wards.program,
        code="B",
        defaults={"name": "Backup", "start_time": time(7), "hours": 24, "duty": "backup"},
    )
    work(wards.schedule, person, day, backup, wards.ward, role=Assignment.Role.BACKUP)
    return backup


def test_it_is_pinned_and_is_an_edit(wards: Wards) -> None:
    edit = give(wards, wards.people[0], is_short=True)
    assert edit.title == "Ana takes Ward A, day on Sat 7 Nov"
    row = Assignment.objects.get()
    assert (row.person, row.rotation, row.is_pinned, row.block.date) == (wards.people[0], wards.ward, True, SATURDAY)


def test_somebody_on_backup_in_it_takes_it(wards: Wards) -> None:
    ana = wards.people[0]
    work(wards.schedule, ana, SATURDAY, wards.day, wards.ward, role=Assignment.Role.BACKUP)
    give(wards, ana)
    assert works() == [("Ana", SATURDAY, "D", "primary")]


def test_a_backup_that_is_called_ends(wards: Wards) -> None:
    """It is no debt: nobody is away. One that begins when the block is over stays."""
    ana = wards.people[0]
    on_backup(wards, ana)
    on_backup(wards, ana, SATURDAY + DAY)
    facts = {fact.person: fact for fact in read(wards.schedule, SATURDAY, wards.ward, wards.day).facts}
    assert facts[ana].sentence == "Placed on Ward A; on backup then, which it uses up"
    edit = give(wards, ana)
    assert edit.title == "Ana takes Ward A, day on Sat 7 Nov, called from backup"
    assert works() == [("Ana", SATURDAY, "D", "primary"), ("Ana", SATURDAY + DAY, "B", "backup")]
    assert Cover.objects.count() == 0


def test_a_backup_that_begins_during_it_ends_too(wards: Wards) -> None:
    ana = wards.people[0]
    ShiftType.objects.filter(pk=wards.night.pk).update(hours=14)
    wards.night.refresh_from_db()
    Staffing.objects.update(shift_type=wards.night)
    on_backup(wards, ana, SATURDAY + DAY)
    give(wards, ana, shift_type=wards.night)
    assert works() == [("Ana", SATURDAY, "N", "primary")]


def test_who_cannot_take_it_is_not_given_it(wards: Wards) -> None:
    with pytest.raises(ValidationError, match="Bo cannot take it: Placed on Intensive care, which does not cover"):
        give(wards, wards.people[1])
    with pytest.raises(ValidationError, match="does not belong to this program any more"):
        give(wards, 0)
    assert not Assignment.objects.exists()


def test_where_nobody_is_missing_any_more(wards: Wards) -> None:
    ana, _, cy = wards.people
    give(wards, ana, is_short=True)
    with pytest.raises(ValidationError) as caught:
        give(wards, cy, is_short=True)
    assert caught.value.messages == [
        "Ward A, day on Sat 7 Nov has enough people by now: look at it again. Nothing was changed."
    ]
    assert works() == [("Ana", SATURDAY, "D", "primary")]
    give(wards, cy)  # who was shown that there are enough may add somebody
    assert len(works()) == 2


def test_what_is_over_is_given_to_nobody(wards: Wards, monkeypatch: pytest.MonkeyPatch) -> None:
    ends = datetime(2026, 11, 8, tzinfo=UTC)  # 19:00 in New York
    monkeypatch.setattr(timezone, "now", lambda: ends)
    with pytest.raises(ValidationError) as caught:
        give(wards, wards.people[0])
    assert caught.value.messages == [
        "Ward A, day on Sat 7 Nov is over: nobody can take it any more. Nothing was changed."
    ]
    monkeypatch.setattr(timezone, "now", lambda: ends - timedelta(minutes=1))
    give(wards, wards.people[0])


@pytest.mark.django_db(transaction=True)
def test_two_give_the_one_missing_place_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    wards = nobody_works()
    ana, _, cy = wards.people
    held = hold(monkeypatch, filling, "_person")
    went = at_once(held, lambda: give(wards, ana, is_short=True), lambda: give(wards, cy, is_short=True))
    assert went == {
        "first": "done",
        "second": "Ward A, day on Sat 7 Nov has enough people by now: look at it again. Nothing was changed.",
    }
    assert works() == [("Ana", SATURDAY, "D", "primary")]


@pytest.mark.django_db(transaction=True)
def test_a_block_beside_it_is_given_at_the_same_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    wards = nobody_works()
    ana = wards.people[0]
    held = hold(monkeypatch, filling, "_person")
    went = at_once(held, lambda: give(wards, ana, shift_type=wards.night), lambda: give(wards, ana))
    assert went == {
        "first": "done",
        "second": "Ana cannot take it: Works Ward A, night on that day (pinned). Nothing was changed.",
    }
    assert Schedule.objects.get().revision == wards.schedule.revision + 1
