"""Calling in whoever is on backup, paying back, and the balances of the ledger."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from absences.models import Absence
from people.models import AuditLog, Notice, Person
from scheduling.forms.jeopardy import CallInForm
from scheduling.models import Assignment, Cover, Rotation, Schedule, ShiftType
from scheduling.services import jeopardy
from scheduling.services.backups import Held, callable_for, lost_blocks, on_backup
from scheduling.services.cover import cover as give
from scheduling.services.cover_ledger import balance_words, balances, queue, settlements
from scheduling.services.drafts import new_draft
from scheduling.services.edit import undo
from scheduling.services.jeopardy import activate, excuse, pay_back, pay_back_choices
from tests.examples import of_the_database
from tests.factories import make_person, make_rotation, make_staffing, make_user, place, work
from tests.scheduling.small import Small

TUESDAY = date(2026, 7, 7)
SATURDAY = date(2026, 7, 11)
EARLY = datetime(2026, 7, 7, 10, tzinfo=UTC)  # 6 in the morning in New York
DAY = timedelta(days=1)


class Called:
    """What is published of a small program: Ana is ill on Tuesday and should work the ward, Bo is on backup and in
    clinic, Cy owes nobody anything."""

    def __init__(self) -> None:
        self.small = small = Small()
        self.schedule = small.draft
        Schedule.objects.filter(pk=self.schedule.pk).update(status=Schedule.Status.PUBLISHED)
        self.schedule.refresh_from_db()
        self.user = small.coordinator
        self.ana, self.bo, self.cy = small.ana, small.bo, make_person(small.program, "Cy", 1)
        self.office = self.shift("C", "Clinic day", time(8), 9)
        self.backup = self.shift("BK", "Backup", time(7), 24, duty=ShiftType.Duty.BACKUP)
        self.backup.joins.set([self.office])
        self.pool = make_rotation(small.program, "JE", "Jeopardy")
        make_staffing(small.program, "Backup", self.pool, shift_type=self.backup)
        for person in (self.ana, self.bo, self.cy):
            place(self.schedule, person, 1, small.ward if person == self.ana else small.clinic)
        work(self.schedule, self.ana, TUESDAY, small.day, small.ward)
        work(self.schedule, self.bo, TUESDAY, self.office, small.clinic)
        work(self.schedule, self.bo, TUESDAY, self.backup, self.pool, role="backup")
        self.away(self.ana)
        self.lost = Held(self.ana.pk, TUESDAY, "D", "WA")
        self.held = Held(self.bo.pk, TUESDAY, "BK", "JE")

    def shift(self, code: str, name: str, start: time, hours: int, **more: str) -> ShiftType:
        return ShiftType.objects.create(
            program=self.small.program, code=code, name=name, start_time=start, hours=hours, **more
        )

    def away(self, person: Person, day: date = TUESDAY) -> None:
        given = {"kind": "sick", "status": "approved", "created_at": EARLY}
        Absence.objects.create(person=person, start_date=day, end_date=day, **given)

    def activate(self) -> Cover:
        return activate(
            schedule=self.schedule, lost=self.lost, backup=self.held, user=self.user, reason="Ana has a fever"
        )


@pytest.fixture(autouse=True)
def _early(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it happens before the day begins."""
    monkeypatch.setattr(timezone, "now", lambda: EARLY)


@pytest.fixture
def called(db: None) -> Called:
    return Called()


def rows(schedule: Schedule) -> set[tuple[str, date, str, str, str]]:
    found = Assignment.objects.filter(schedule=schedule)
    return set(found.values_list("person__code", "block__date", "block__shift_type__code", "rotation__code", "role"))


def owe(called: Called, absent: Person, covering: Person, **more: object) -> Cover:
    given = {"date": TUESDAY, "shift": "Ward A, day", "hours": 12, **more}
    return Cover.objects.create(program=called.small.program, absent=absent, covering=covering, **given)


def words(caught: "pytest.ExceptionInfo[ValidationError]") -> str:
    return " ".join(caught.value.messages)


def test_calling_in_is_one_action(called: Called) -> None:
    called.bo.user = make_user("bo")
    called.bo.save()
    cover = called.activate()
    assert rows(called.schedule) == {("bo", TUESDAY, "D", "WA", "primary")}
    assert str(cover) == "Bo for Ana, Tue 7 Jul Ward A, day"
    assert (int(cover.hours), cover.is_backup, cover.is_owed, cover.reason) == (12, True, True, "Ana has a fever")
    assert cover.edit is not None
    assert (cover.edit.title, cover.created_by) == ("Bo for Ana: Tue 7 Jul, Ward A, day", called.user)
    assert balances(called.small.program) == {called.bo.pk: 1, called.ana.pk: -1}
    assert AuditLog.objects.get().action == "block covered"
    notice = Notice.objects.get()
    assert notice.user == called.bo.user
    assert "You work Ward A on Tue 7 Jul, day." in notice.lines
    assert not any("fever" in line for line in notice.lines)  # why somebody is away is for schedulers


def test_undoing_it_takes_it_out_of_the_ledger(called: Called) -> None:
    before = rows(called.schedule)
    called.activate()
    undo(schedule=called.schedule, user=called.user)
    assert rows(called.schedule) == before
    assert balances(called.small.program) == {}
    assert settlements(called.small.program) == {}


def test_a_draft_of_what_is_published_keeps_up(called: Called) -> None:
    draft = new_draft(academic_year=called.small.year, user=None, based_on=called.schedule)
    called.activate()
    assert rows(draft) == {("bo", TUESDAY, "D", "WA", "primary")}


def test_nothing_is_left_of_a_call_that_fails_in_the_middle(called: Called, monkeypatch: pytest.MonkeyPatch) -> None:
    before, revision = rows(called.schedule), called.schedule.revision

    def fail(*args: object, **more: object) -> None:
        raise OSError("The disk is full.")

    monkeypatch.setattr(jeopardy.Cover.objects, "create", fail)
    with pytest.raises(OSError, match="disk"):
        called.activate()
    called.schedule.refresh_from_db()
    assert (rows(called.schedule), called.schedule.revision) == (before, revision)
    assert (AuditLog.objects.count(), Notice.objects.count(), Cover.objects.count()) == (0, 0, 0)


def test_a_call_to_what_is_no_longer_so_is_refused_in_words(called: Called) -> None:
    Assignment.objects.filter(person=called.ana).delete()
    with pytest.raises(ValidationError) as caught:
        called.activate()
    assert words(caught) == "Ana does not work WA, D on Tue 7 Jul any more: look at it again. Nothing was changed."
    work(called.schedule, called.ana, TUESDAY, called.small.day, called.small.ward)
    called.activate()
    with pytest.raises(ValidationError) as caught:
        called.activate()
    assert words(caught) == "Ana does not work WA, D on Tue 7 Jul any more: look at it again. Nothing was changed."
    work(called.schedule, called.ana, TUESDAY, called.small.day, called.small.ward)
    with pytest.raises(ValidationError) as caught:
        called.activate()
    assert words(caught) == "Bo is not on backup on Tue 7 Jul any more: look at it again. Nothing was changed."
    assert Cover.objects.count() == 1


def test_only_in_the_time_of_the_backup_and_only_for_another(called: Called) -> None:
    work(called.schedule, called.ana, TUESDAY + DAY, called.small.day, called.small.ward)
    later, own = Held(called.ana.pk, TUESDAY + DAY, "D", "WA"), Held(called.bo.pk, TUESDAY, "C", "CL")
    with pytest.raises(ValidationError) as caught:
        activate(schedule=called.schedule, lost=later, backup=called.held, user=None)
    assert words(caught) == (
        "Bo is on backup from Tue 7 Jul, 07:00 to Wed 8 Jul, 07:00, and Ward A, day on Wed 8 Jul does not begin in "
        "that time."
    )
    with pytest.raises(ValidationError) as caught:
        activate(schedule=called.schedule, lost=own, backup=called.held, user=None)
    assert words(caught) == "Bo is away and on backup at once: nobody covers for themself."


def test_nobody_is_called_in_by_a_draft(called: Called) -> None:
    Schedule.objects.filter(pk=called.schedule.pk).update(status=Schedule.Status.DRAFT)
    with pytest.raises(ValidationError) as caught:
        called.activate()
    assert words(caught) == "Draft 1 (2026) is not what is published: cover is for what people work in truth."


def test_a_night_gives_up_the_clinic_on_its_day_and_after_it(called: Called) -> None:
    called.small.night.not_followed_by.set([called.office])
    work(called.schedule, called.ana, TUESDAY, called.small.night, called.small.ward)
    work(called.schedule, called.bo, TUESDAY + DAY, called.office, called.small.clinic)
    night = Held(called.ana.pk, TUESDAY, "N", "WA")
    activate(schedule=called.schedule, lost=night, backup=called.held, user=None)
    assert {row[:3] for row in rows(called.schedule) if row[0] == "bo"} == {("bo", TUESDAY, "N")}


def test_what_was_not_shown_is_not_given_up(called: Called) -> None:
    with pytest.raises(ValidationError) as caught:
        activate(schedule=called.schedule, lost=called.lost, backup=called.held, user=None, gives_up="")
    assert words(caught) == "What Bo works has changed: look at it again. Nothing was changed."


def test_a_call_that_breaks_a_rule_asks_why(called: Called, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: EARLY + timedelta(hours=3))  # Bo sees patients already
    with pytest.raises(ValidationError) as caught:
        activate(schedule=called.schedule, lost=called.lost, backup=called.held, user=None)
    assert words(caught) == "Say why Bo works it all the same: is at work then: Clinic, clinic day on Tue 7 Jul"
    cover = called.activate()
    assert cover.reason == "Ana has a fever"
    assert ("bo", TUESDAY, "D", "WA", "primary") in rows(called.schedule)


def test_where_nobody_says_why_the_leave_does(called: Called) -> None:
    cover = activate(schedule=called.schedule, lost=called.lost, backup=called.held, user=None)
    assert Cover.objects.get(pk=cover.pk).reason == "Sick"


@pytest.mark.parametrize("status", ["withdrawn", "denied", "requested"])
def test_nobody_is_called_in_for_who_is_not_away_any_more(called: Called, status: str) -> None:
    Absence.objects.update(status=status)
    before = rows(called.schedule)
    with pytest.raises(ValidationError) as caught:
        called.activate()
    assert words(caught) == "Ana is not away on Tue 7 Jul any more, and works this block. Nothing was changed."
    assert (rows(called.schedule), Cover.objects.count()) == (before, 0)


def test_the_night_that_somebody_fell_ill_in(called: Called) -> None:
    work(called.schedule, called.ana, TUESDAY, called.small.night, called.small.ward)
    Absence.objects.update(start_date=TUESDAY + DAY, end_date=TUESDAY + DAY, created_at=EARLY + timedelta(hours=16))
    night = Held(called.ana.pk, TUESDAY, "N", "WA")
    cover = activate(schedule=called.schedule, lost=night, backup=called.held, user=None)
    assert (cover.covering, cover.reason) == (called.bo, "Sick")
    with pytest.raises(ValidationError, match="Ana is not away on Tue 7 Jul any more"):  # the day was over by then
        give(schedule=called.schedule, lost=called.lost, covering=called.cy.pk, user=None)


def test_a_backup_of_the_very_shift_takes_its_place(called: Called) -> None:
    work(called.schedule, called.cy, TUESDAY, called.small.day, called.small.ward, role="backup")
    spare = Held(called.cy.pk, TUESDAY, "D", "WA")
    activate(schedule=called.schedule, lost=called.lost, backup=spare, user=None)
    assert ("cy", TUESDAY, "D", "WA", "primary") in rows(called.schedule)
    assert not Assignment.objects.filter(person=called.ana).exists()


def test_who_is_on_backup_and_what_they_can_be_called_to(called: Called) -> None:
    program = called.small.program
    Absence.objects.all().delete()
    assert lost_blocks(program, EARLY, TUESDAY) == []
    called.away(called.ana)
    called.away(called.bo)
    work(called.schedule, called.ana, TUESDAY + DAY, called.small.day, called.small.ward)
    (turn,) = on_backup(program, EARLY, TUESDAY)
    lost = lost_blocks(program, EARLY, TUESDAY + DAY)
    assert [(each.person.name, each.words, each.leave) for each in lost] == [("Ana", "Ward A, day", "sick")]
    assert [each.held for each in callable_for(turn, lost)] == [called.lost]
    assert lost_blocks(program, EARLY + DAY, TUESDAY + DAY) == []


def test_the_queue(called: Called) -> None:
    program, schedule = called.small.program, called.schedule
    di, ed = make_person(program, "Di", 3), make_person(program, "Ed", 2)
    make_person(program, "Dr Fox", None)
    owe(called, absent=called.cy, covering=ed)
    owe(called, absent=called.cy, covering=ed)
    owe(called, absent=called.bo, covering=called.ana, is_backup=True)
    found = queue(program, schedule, TUESDAY)
    assert [(one.person.name, one.words, one.is_on_backup) for one in found] == [
        ("Bo", "owes 1 shift", True),
        ("Cy", "owes 2 shifts", False),
        ("Di", "even", False),
        ("Ed", "is owed 2 shifts", False),
    ]  # Ana works the ward
    work(schedule, di, TUESDAY - DAY, called.small.night, called.small.ward)
    called.away(ed)
    assert [one.person.name for one in queue(program, schedule, TUESDAY)] == ["Bo", "Cy"]
    assert [one.person.name for one in queue(program, schedule, SATURDAY)] == ["Cy", "Bo", "Di", "Ana", "Ed"]


def test_of_two_who_are_even_the_one_called_longest_ago_is_first(called: Called) -> None:
    for covering, day in ((called.ana, 3), (called.cy, 2)):
        owe(called, absent=called.bo, covering=covering, is_backup=True, date=date(2026, 7, day))
        owe(called, absent=covering, covering=called.bo)
    found = queue(called.small.program, called.schedule, SATURDAY)
    assert [(one.person.name, one.last_called) for one in found] == [
        ("Bo", None),
        ("Cy", date(2026, 7, 2)),
        ("Ana", date(2026, 7, 3)),
    ]


def test_paying_back_makes_both_even(called: Called) -> None:
    cover = called.activate()
    work(called.schedule, called.bo, SATURDAY, called.small.day, called.small.ward)
    (choice,) = pay_back_choices(cover, EARLY + DAY)
    paid = pay_back(cover=cover, block=choice.held, user=called.user)
    assert str(paid) == "Ana for Bo, Sat 11 Jul Ward A, day"
    assert ("ana", SATURDAY, "D", "WA", "primary") in rows(called.schedule)
    assert balances(called.small.program) == {}
    assert settlements(called.small.program) == {cover.pk: paid.pk, paid.pk: cover.pk}
    with pytest.raises(ValidationError) as caught:
        pay_back(cover=cover, block=choice.held, user=called.user)
    assert words(caught) == "Bo for Ana, Tue 7 Jul Ward A, day is even already."


def test_of_two_that_are_owed_the_one_chosen_is_paid_back(called: Called) -> None:
    first = owe(called, called.ana, called.bo, date=TUESDAY - DAY)
    second = called.activate()
    work(called.schedule, called.bo, SATURDAY, called.small.day, called.small.ward)
    paid = pay_back(cover=second, block=Held(called.bo.pk, SATURDAY, "D", "WA"), user=called.user)
    assert paid.pays_back == second
    assert settlements(called.small.program) == {second.pk: paid.pk, paid.pk: second.pk}
    assert balances(called.small.program) == {called.bo.pk: 1, called.ana.pk: -1}
    undo(schedule=called.schedule, user=called.user)
    assert settlements(called.small.program) == {}
    given = owe(called, called.bo, called.ana)  # another one, for whatever comes first
    assert settlements(called.small.program) == {first.pk: given.pk, given.pk: first.pk}


def test_what_can_pay_back(called: Called) -> None:
    cover = called.activate()
    for day in range(1, 9):
        work(called.schedule, called.bo, SATURDAY + day * DAY, called.small.day, called.small.ward)
    work(called.schedule, called.bo, SATURDAY + 9 * DAY, called.office, called.small.clinic)  # staffing asks for none
    work(called.schedule, called.bo, SATURDAY + 10 * DAY, called.backup, called.pool, role="backup")
    work(called.schedule, called.ana, SATURDAY + DAY, called.small.night, called.small.ward)  # too short a rest after
    work(called.schedule, called.ana, SATURDAY + 4 * DAY, called.office, called.small.clinic)  # at the same time
    called.away(called.ana, SATURDAY + 6 * DAY)
    days = [choice.date for choice in pay_back_choices(cover, EARLY)]
    assert [(day - SATURDAY).days for day in days] == [3, 5, 7, 8]
    with pytest.raises(ValidationError) as caught:
        pay_back(cover=cover, block=Held(called.bo.pk, SATURDAY + 4 * DAY, "D", "WA"), user=None)
    assert words(caught) == ("Ana cannot take it: Ana is in two places for 9 h: Day WA and Clinic day CL, 15 Jul.")
    assert Cover.objects.count() == 1


def test_a_block_of_somebody_else_pays_nothing_back(called: Called) -> None:
    cover = called.activate()
    work(called.schedule, called.cy, SATURDAY, called.small.day, called.small.ward)
    with pytest.raises(ValidationError) as caught:
        pay_back(cover=cover, block=Held(called.cy.pk, SATURDAY, "D", "WA"), user=None)
    assert words(caught) == "Ana owes Bo a shift, and nobody else."
    with pytest.raises(ValidationError) as caught:
        pay_back(cover=cover, block=Held(called.bo.pk, date(2027, 7, 1), "D", "WA"), user=None)
    assert words(caught) == "Nothing is published for Thu 1 Jul 2027."


def test_nothing_is_owed_after_an_emergency(called: Called) -> None:
    cover = called.activate()
    with pytest.raises(ValidationError) as caught:
        excuse(cover=cover, user=called.user, reason=" ")
    assert words(caught) == "Say why nothing is owed: it stays in the record."
    excuse(cover=cover, user=called.user, reason="Her father died")
    assert balances(called.small.program) == {}
    entry = AuditLog.objects.first()
    assert entry is not None
    assert (entry.action, entry.user) == ("cover excused", called.user)
    assert entry.changes == {
        "is_owed": [True, False],
        "cover": "Bo for Ana, Tue 7 Jul Ward A, day",
        "reason": "Her father died",
    }
    with pytest.raises(ValidationError) as caught:
        excuse(cover=cover, user=called.user, reason="Again")
    assert words(caught) == "Nothing is owed any more for Bo for Ana, Tue 7 Jul Ward A, day."


@pytest.mark.parametrize(
    ("balance", "expected"),
    [(-2, "owes 2 shifts"), (-1, "owes 1 shift"), (0, "even"), (1, "is owed 1 shift"), (3, "is owed 3 shifts")],
)
def test_a_balance_in_words(balance: int, expected: str) -> None:
    assert balance_words(balance) == expected


@given(
    st.builds(Held, st.integers(1, 10**18 - 1), st.dates(), st.text(min_size=1, max_size=12), st.text(max_size=12)),
)
@example(Held(7, TUESDAY, "D|N", "L&D/A 50%7C+"))
def test_a_block_in_a_form_is_the_same_afterwards(held: Held) -> None:
    assert Held.of(held.token) == held


def test_codes_that_would_divide_a_token(called: Called) -> None:
    """A form holds the block whatever the program calls its shifts and rotations."""
    ShiftType.objects.filter(pk=called.small.day.pk).update(code="D|1 " + "ü" * 8)
    Rotation.objects.filter(pk=called.small.ward.pk).update(code="A|" + "ß" * 10)
    (lost,) = lost_blocks(called.small.program, EARLY, TUESDAY)
    data = {"lost": lost.held.token, "backup": called.held.token, "gives_up": "", "reason": ""}
    form = CallInForm(data)
    assert form.is_valid()
    assert (form.cleaned_data["lost"], form.cleaned_data["backup"]) == (lost.held, called.held)


class BalancesAddUp(TestCase):
    """Whoever covers for whom: what one is owed another owes, and what is paid back is gone."""

    @given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 3), st.booleans()), max_size=12))
    @settings(max_examples=of_the_database(25))
    def test_balances(self, covers: list[tuple[int, int, bool]]) -> None:
        small = Small()
        people = [small.ana, small.bo, make_person(small.program, "Cy", 1), make_person(small.program, "Di", 1)]
        expected: Counter[int] = Counter()
        for one, step, is_owed in covers:
            absent, covering = people[one], people[(one + step) % 4]
            self.enter(small, absent, covering, is_owed)
            expected[covering.pk] += is_owed
            expected[absent.pk] -= is_owed
        found = balances(small.program)
        assert dict(found) == {person: count for person, count in expected.items() if count}
        assert sum(found.values()) == 0
        even = settlements(small.program)
        still = [cover for cover in Cover.objects.filter(is_owed=True) if cover.pk not in even]
        for cover in still:
            self.enter(small, cover.covering, cover.absent, True)
        assert balances(small.program) == {}
        owed = Cover.objects.filter(is_owed=True)
        assert set(settlements(small.program)) == set(owed.values_list("pk", flat=True))

    def enter(self, small: Small, absent: Person, covering: Person, is_owed: bool) -> None:
        Cover.objects.create(
            program=small.program,
            absent=absent,
            covering=covering,
            date=TUESDAY,
            shift="Ward A, day",
            hours=12,
            is_owed=is_owed,
        )
