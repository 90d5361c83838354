"""Cover that a later version takes back: nothing is owed for it, and that is said."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from absences.models import Absence
from people.models import AuditLog, Person
from scheduling.models import Assignment, Cover, Schedule
from scheduling.services.backups import Held
from scheduling.services.cover import cover
from scheduling.services.cover_ledger import balances, take_back, taken_back, taken_back_words
from scheduling.services.drafts import new_draft
from scheduling.services.publish import publish
from tests.factories import make_person, place, work
from tests.scheduling.small import Small

TUESDAY = date(2026, 7, 7)
DAY = timedelta(days=1)
SIX = datetime(2026, 7, 7, 10, tzinfo=UTC)  # 6 in the morning in New York, an hour before the day shift


@pytest.fixture(autouse=True)
def _six(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: SIX)


class Covered:
    """Bo works Tuesday in Ana's place, by what is published; a draft of it says the same."""

    def __init__(self) -> None:
        self.small = small = Small()
        self.program, self.published, self.ana, self.bo = small.program, small.draft, small.ana, small.bo
        Schedule.objects.filter(pk=self.published.pk).update(status=Schedule.Status.PUBLISHED)
        self.published.refresh_from_db()
        self.cy = make_person(small.program, "Cy", 2)
        for person in (self.ana, self.bo, self.cy):
            place(self.published, person, 1, small.ward)
        self.cover = self.give(self.bo, TUESDAY)
        self.draft = new_draft(academic_year=small.year, user=None, based_on=self.published)

    def give(self, person: Person, day: date) -> Cover:
        work(self.published, self.ana, day, self.small.day, self.small.ward)
        Absence.objects.create(person=self.ana, start_date=day, end_date=day, status="approved")
        lost = Held(self.ana.pk, day, "D", "WA")
        entry = cover(schedule=self.published, lost=lost, covering=person.pk, user=None).entry
        assert entry is not None
        return entry

    def to(self, person: Person) -> None:
        """Somebody else works it by the draft."""
        Assignment.objects.filter(schedule=self.draft, block__date=TUESDAY).update(person=person)

    def taken_back(self, today: date = TUESDAY) -> list[Cover]:
        return taken_back(self.program, self.draft, today)


@pytest.fixture
def covered(db: None) -> Covered:
    return Covered()


def test_what_a_version_has_too_is_not_taken_back(covered: Covered) -> None:
    assert covered.taken_back() == []


def test_who_covers_does_not_work_it_by_the_version(covered: Covered) -> None:
    covered.to(covered.cy)
    assert covered.taken_back() == [covered.cover]
    assert taken_back_words(covered.taken_back()) == (
        "It takes back cover, for which nothing is owed then: Bo for Ana, Tue 7 Jul Ward A, day."
    )
    assert taken_back_words([]) == ""


def test_another_block_on_that_day_is_not_it(covered: Covered) -> None:
    covered.to(covered.cy)
    work(covered.draft, covered.bo, TUESDAY, covered.small.night, covered.small.ward)
    assert covered.taken_back() == [covered.cover]


def test_what_is_over_or_has_begun_stays(covered: Covered, monkeypatch: pytest.MonkeyPatch) -> None:
    covered.to(covered.cy)
    assert covered.taken_back(TUESDAY + DAY) == []
    monkeypatch.setattr(timezone, "now", lambda: SIX + timedelta(hours=1))
    assert covered.taken_back() == []


def test_only_days_of_the_version_and_what_is_owed(covered: Covered) -> None:
    covered.to(covered.cy)
    Cover.objects.update(is_owed=False)
    assert covered.taken_back() == []
    Cover.objects.update(is_owed=True)
    Schedule.objects.filter(pk=covered.draft.pk).update(start_date=TUESDAY + DAY)
    covered.draft.refresh_from_db()
    assert covered.taken_back() == []


def test_an_entry_without_an_edit_is_known_by_its_words(covered: Covered) -> None:
    Cover.objects.update(edit=None)
    assert covered.taken_back() == []
    covered.to(covered.cy)
    assert covered.taken_back() == [covered.cover]


def test_nothing_is_owed_for_it_then(covered: Covered) -> None:
    work(covered.draft, covered.ana, TUESDAY + DAY, covered.small.day, covered.small.ward)
    kept = covered.give(covered.bo, TUESDAY + DAY)  # which goes over into the draft
    covered.to(covered.cy)
    user = covered.small.coordinator
    assert balances(covered.program) == {covered.bo.pk: 2, covered.ana.pk: -2}
    gone = take_back(program=covered.program, schedule=covered.draft, user=user, today=TUESDAY)
    assert gone == [covered.cover]
    assert balances(covered.program) == {covered.bo.pk: 1, covered.ana.pk: -1}
    assert dict(Cover.objects.values_list("pk", "is_owed")) == {covered.cover.pk: False, kept.pk: True}
    entry = AuditLog.objects.get(action="cover taken back")
    assert (entry.user, entry.changes) == (
        user,
        {
            "is_owed": [True, False],
            "cover": "Bo for Ana, Tue 7 Jul Ward A, day",
            "reason": "Version 2 is published, in which Bo does not work it.",
        },
    )
    assert take_back(program=covered.program, schedule=covered.draft, user=user, today=TUESDAY) == []


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_as_many_queries_for_three_as_for_one(count: int, django_assert_num_queries) -> None:
    covered = Covered()
    for offset in range(1, count):
        covered.give(covered.bo, TUESDAY + offset * DAY)
    Assignment.objects.filter(schedule=covered.draft).delete()
    with django_assert_num_queries(3):
        assert len(covered.taken_back()) == count


def test_publishing_does_so(covered: Covered) -> None:
    covered.to(covered.cy)
    publish(schedule=covered.draft, user=None)
    covered.cover.refresh_from_db()
    assert not covered.cover.is_owed
    assert balances(covered.program) == {}
