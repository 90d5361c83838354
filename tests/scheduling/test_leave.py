"""Leave and schedules: what is approved counts in their revisions, and whom it concerns is told."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from absences.models import Absence
from people.models import Notice, Person, User
from scheduling.models import Schedule
from scheduling.services import leave
from scheduling.services.leave_facts import facts_of
from tests.factories import make_person, make_program, make_rotation, make_schedule, make_user, make_year, place, work
from tests.scheduling.small import Small

FIRST, LAST = date(2026, 7, 6), date(2026, 7, 8)


@pytest.fixture
def ana(db: None, small: Small) -> Person:
    small.ana.user = make_user("ana")
    small.ana.save()
    return small.ana


@pytest.fixture
def asked(ana: Person) -> Absence:
    return Absence.objects.create(person=ana, start_date=FIRST, end_date=LAST, kind="medical", reason="Knee")


def revisions(small: Small) -> dict[int, int]:
    return dict(Schedule.objects.filter(program=small.program).values_list("number", "revision"))


def test_approving_counts_in_every_schedule_of_these_days(asked: Absence, small: Small) -> None:
    published = make_schedule(small.year, "published")
    archived = make_schedule(small.year, "archived")
    later = make_schedule(make_year(small.program, date(2026, 9, 1), date(2026, 9, 30)))
    before = revisions(small)
    leave.approve(absence=asked, user=small.coordinator)
    after = revisions(small)
    changed = {number for number in after if after[number] != before[number]}
    assert changed == {small.draft.number, published.number}
    assert archived.number not in changed
    assert later.number not in changed


def test_what_changes_no_page_changes_no_revision(asked: Absence, small: Small) -> None:
    before = revisions(small)
    leave.deny(absence=asked, user=small.coordinator, reason="Two are away")
    other = Absence.objects.create(person=small.bo, start_date=FIRST, end_date=LAST)
    leave.withdraw(absence=other, user=None)
    assert revisions(small) == before


def test_recording_and_taking_back_count(ana: Person, small: Small) -> None:
    absence = leave.record(person=ana, user=small.coordinator, start_date=FIRST, end_date=FIRST, kind="sick")
    assert revisions(small) == {1: 2}
    leave.withdraw(absence=absence, user=small.coordinator)
    assert revisions(small) == {1: 3}
    assert [notice.subject for notice in Notice.objects.filter(user=ana.user)] == [
        "Your leave was taken back",
        "You are entered as away",
    ]


def test_who_is_back_is_not_told_to_work_what_was_covered(ana: Person, small: Small) -> None:
    absence = leave.record(person=ana, user=small.coordinator, start_date=FIRST, end_date=LAST, kind="sick")
    leave.withdraw(absence=absence, user=small.coordinator)
    notice = Notice.objects.get(subject="Your leave was taken back")
    assert notice.lines == [
        "Mon 6 to Wed 8 Jul 2026: you are no longer away.",
        "What others took for you stays with them: look at your schedule for what you work.",
    ]
    assert notice.url == "/my/"


def test_whoever_makes_the_schedules_is_told_of_a_request(ana: Person, small: Small, monkeypatch) -> None:
    monkeypatch.setattr("absences.services._today", lambda person: FIRST)
    chief = make_user("chief")
    make_person(small.program, "Chief", 3, user=chief, is_chief=True)
    make_person(small.program, "Other", 3, user=make_user("other"))
    make_user("elsewhere", User.Role.COORDINATOR, programs=(make_program("Surgery"),))
    absence = leave.ask(person=ana, user=ana.user, start_date=FIRST, end_date=LAST, kind="medical", reason="Knee")
    notices = Notice.objects.order_by("user__username")
    assert [notice.user for notice in notices] == [chief, small.coordinator]
    assert notices[0].subject == "Ana asks for leave"
    assert notices[0].lines == ["Medical, Mon 6 to Wed 8 Jul 2026.", "Reason: Knee"]
    assert notices[0].url == f"/p/internal-medicine/requests/{absence.pk}/"


def test_a_chief_who_asks_is_not_told_of_it(db, small: Small, monkeypatch) -> None:
    monkeypatch.setattr("absences.services._today", lambda person: FIRST)
    small.bo.user, small.bo.is_chief = make_user("chief"), True
    small.bo.save()
    leave.ask(person=small.bo, user=small.bo.user, start_date=FIRST, end_date=LAST, kind="vacation")
    assert [notice.user for notice in Notice.objects.all()] == [small.coordinator]


@pytest.mark.parametrize(
    ("decide", "subject", "lines"),
    [
        (leave.approve, "Your leave is approved", ["Medical, Mon 6 to Wed 8 Jul 2026: approved.", "Reason: Fine"]),
        (leave.deny, "Your leave is denied", ["Medical, Mon 6 to Wed 8 Jul 2026: denied.", "Reason: Fine"]),
    ],
)
def test_the_person_is_told_of_the_decision(asked: Absence, small: Small, decide, subject, lines) -> None:
    decide(absence=asked, user=small.coordinator, reason="Fine")
    notice = Notice.objects.get()
    assert (notice.user, notice.subject, notice.lines) == (asked.person.user, subject, lines)
    assert notice.url == "/p/internal-medicine/requests/"


def test_what_is_refused_tells_nobody(asked: Absence, small: Small) -> None:
    with pytest.raises(ValidationError):
        leave.deny(absence=asked, user=small.coordinator, reason="")
    assert not Notice.objects.exists()


def test_withdrawing_ones_own_request_tells_nobody(asked: Absence) -> None:
    leave.withdraw(absence=asked, user=asked.person.user)
    assert not Notice.objects.exists()


def test_what_a_decision_rests_on(asked: Absence, small: Small) -> None:
    ward, away = small.ward, make_rotation(small.program, "EL", "Elective", allows_vacation=False)
    place(small.draft, asked.person, 1, away)
    work(small.draft, asked.person, FIRST, small.day, ward)
    work(small.draft, asked.person, date(2026, 7, 9), small.day, ward)
    peer = make_person(small.program, "Peer", 1)
    Absence.objects.create(person=peer, start_date=LAST, end_date=LAST, kind="conference", status="approved")
    Absence.objects.create(person=small.bo, start_date=FIRST, end_date=FIRST, kind="vacation")
    Absence.objects.create(person=peer, start_date=FIRST, end_date=FIRST, status="denied")
    for first, last, kind in (
        (date(2026, 8, 3), date(2026, 8, 9), "vacation"),
        (date(2026, 8, 20), date(2026, 9, 3), "vacation"),  # ends beyond the academic year
        (date(2026, 7, 20), date(2026, 7, 20), "sick"),
    ):
        Absence.objects.create(person=asked.person, start_date=first, end_date=last, kind=kind, status="approved")
    facts = facts_of(asked)
    assert (facts.level, facts.days, facts.schedule) == ("PGY-1", 3, small.draft)
    assert [(each.rotation, each.first, each.last, each.allows_vacation) for each in facts.placed] == [
        ("Elective", FIRST, LAST, False)
    ]
    assert [turn.date for turn in facts.turns] == [FIRST]
    assert [(other.name, other.is_same_level, other.kind, other.is_approved) for other in facts.others] == [
        ("Peer", True, "conference", True),
        ("Bo", False, "vacation", False),
    ]
    assert list(facts.used) == [("vacation", 13), ("sick", 1)]
    assert facts.total == 14


def test_what_is_published_goes_before_a_draft(asked: Absence, small: Small) -> None:
    published = make_schedule(small.year, "published")
    assert facts_of(asked).schedule == published


def test_days_without_a_schedule_or_an_academic_year(ana: Person) -> None:
    absence = Absence.objects.create(person=ana, start_date=date(2027, 3, 1), end_date=date(2027, 3, 1))
    facts = facts_of(absence)
    assert (facts.schedule, facts.turns, facts.placed) == (None, [], [])
    assert (facts.first, facts.last) == (date(2026, 7, 1), date(2027, 6, 30))
