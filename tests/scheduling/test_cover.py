"""Sick call: what is lost, who can take it and in which order, and giving it to somebody."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from absences.models import Absence
from people.models import AuditLog, Notice, Person
from scheduling.models import Assignment, Cover, CrossCover, Schedule, ShiftType
from scheduling.services.backups import Held
from scheduling.services.candidate import ADVISORY, ALLOWED, BREAKS, Ranked
from scheduling.services.candidates import candidates, lost_blocks
from scheduling.services.cover import cover
from scheduling.services.edit import undo
from tests.examples import of_the_database
from tests.factories import (
    make_person,
    make_program,
    make_rotation,
    make_schedule,
    make_staffing,
    make_user,
    make_year,
    place,
    work,
)
from tests.scheduling.small import Small

TUESDAY = date(2026, 7, 7)
DAY = timedelta(days=1)
SIX = datetime(2026, 7, 7, 10, tzinfo=UTC)  # 6 in the morning in New York, an hour before the day shift


@pytest.fixture(autouse=True)
def _six(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: SIX)


class Ill:
    """Ana, who is ill on Tuesday, should work the ward by day; Bo and Cy are on the ward, too, and off."""

    def __init__(self, small: Small) -> None:
        self.small, self.ward, self.clinic, self.day, self.night = (
            small,
            small.ward,
            small.clinic,
            small.day,
            small.night,
        )
        self.schedule, self.user, self.ana, self.bo = small.draft, small.coordinator, small.ana, small.bo
        Schedule.objects.filter(pk=self.schedule.pk).update(status="published")
        self.schedule.refresh_from_db()
        self.cy = make_person(small.program, "Cy", 2)
        for person in (self.ana, self.bo, self.cy):
            place(self.schedule, person, 1, self.ward)
        work(self.schedule, self.ana, TUESDAY, self.day, self.ward)
        self.absence = Absence.objects.create(
            person=self.ana, start_date=TUESDAY, end_date=TUESDAY, kind="sick", status="approved", created_at=SIX
        )
        self.lost = Held(self.ana.pk, TUESDAY, "D", "WA")

    def shift(self, code: str, name: str, hours: int, **more: str) -> ShiftType:
        return ShiftType.objects.create(
            program=self.small.program, **{"code": code, "name": name, "start_time": "07:00", "hours": hours, **more}
        )

    def ranked(self, now: datetime = SIX) -> list[Ranked]:
        return candidates(self.schedule, lost_blocks(self.schedule, self.absence, now), now)

    def names(self) -> list[str]:
        return [each.person.name for each in self.ranked()[0].able]

    def one(self, person: Person):
        return next(each for each in self.ranked()[0].candidates if each.person == person)

    def give(self, person: Person, **more: object):
        values = {"schedule": self.schedule, "lost": self.lost, "covering": person.pk, "user": self.user}
        return cover(**values | more)  # type: ignore[arg-type]

    def worked(self) -> set[tuple[str, date, str, str, str]]:
        rows = Assignment.objects.filter(schedule=self.schedule)
        return set(rows.values_list("person__name", "block__date", "block__shift_type__code", "rotation__code", "role"))


@pytest.fixture
def ill(db: None, small: Small) -> Ill:
    return Ill(small)


def test_what_is_lost_in_order_of_time_from_now_on(ill: Ill) -> None:
    ill.absence.end_date = TUESDAY + DAY
    ill.absence.save()
    work(ill.schedule, ill.ana, TUESDAY + DAY, ill.night, ill.ward)
    work(ill.schedule, ill.ana, TUESDAY - DAY, ill.night, ill.ward)  # before the leave, and over when it was recorded
    work(ill.schedule, ill.ana, TUESDAY + 2 * DAY, ill.day, ill.ward)
    Absence.objects.update(created_at=SIX + timedelta(hours=3))
    ill.absence.refresh_from_db()

    def lost(hours: int) -> list[tuple[date, str]]:
        found = lost_blocks(ill.schedule, ill.absence, SIX + timedelta(hours=hours))
        return [(turn.date, turn.words) for turn in found]

    night = (TUESDAY + DAY, "Ward A, night")
    assert lost(0) == [(TUESDAY, "Ward A, day"), night]
    assert lost(12) == [(TUESDAY, "Ward A, day"), night]
    assert lost(13) == [night]  # the day shift ends at 19:00


def test_a_night_that_somebody_falls_ill_in_is_lost_too(ill: Ill) -> None:
    work(ill.schedule, ill.ana, TUESDAY - DAY, ill.night, ill.ward)
    found = lost_blocks(ill.schedule, ill.absence, SIX)
    assert [turn.date for turn in found] == [TUESDAY - DAY, TUESDAY]


def test_such_a_night_is_given_to_somebody(ill: Ill) -> None:
    monday = TUESDAY - DAY
    work(ill.schedule, ill.ana, monday, ill.night, ill.ward)
    ill.lost = Held(ill.ana.pk, monday, "N", "WA")
    ill.give(ill.cy)
    assert ("Cy", monday, "N", "WA", "primary") in ill.worked()


def test_what_staffing_misses_without_them(ill: Ill) -> None:
    assert ill.ranked()[0].short == ["WA day: 0 of 1"]
    work(ill.schedule, ill.cy, TUESDAY, ill.day, ill.ward)
    assert ill.ranked()[0].short == []


def test_who_comes_into_question(ill: Ill) -> None:
    assert ill.names() == ["Bo", "Cy"]
    make_person(ill.small.program, "Dr. Teacher", None)
    make_person(ill.small.program, "Left", 1, is_active=False)
    make_person(ill.small.program, "Later", 1, start_date=TUESDAY + DAY)
    make_person(make_program("Surgery"), "Surgeon", 1)
    Absence.objects.create(person=ill.bo, start_date=TUESDAY - DAY, end_date=TUESDAY, status="approved")
    Absence.objects.create(person=ill.cy, start_date=TUESDAY, end_date=TUESDAY, status="requested")
    assert ill.names() == ["Cy"]
    work(ill.schedule, ill.cy, TUESDAY, ill.day, ill.ward)
    assert ill.ranked()[0].candidates == []


def test_only_levels_that_staffing_counts(ill: Ill) -> None:
    ill.small.staffing.levels = [1]
    ill.small.staffing.save()
    eve = make_person(ill.small.program, "Eve", 1)
    assert ill.names() == ["Eve"]
    with pytest.raises(ValidationError) as caught:
        ill.give(ill.bo)
    assert caught.value.messages == ["Bo cannot take this block any more: look at it again."]
    ill.give(eve)


def test_who_fills_all_that_is_short_comes_first(ill: Ill) -> None:
    make_staffing(ill.small.program, "Seniors", ill.ward, shift_type=ill.day, levels=[2])
    make_person(ill.small.program, "Abe", 1)
    ill.ana.pgy_level = 2
    ill.ana.save()
    assert ill.ranked()[0].short == ["WA day: 0 of 1", "WA day, PGY-2: 0 of 1"]
    assert ill.names() == ["Bo", "Cy", "Abe"]
    assert ill.one(ill.bo).leaves_short == []
    assert ill.one(Person.objects.get(name="Abe")).leaves_short == ["WA day, PGY-2: 0 of 1"]


def test_faculty_cover_for_faculty(ill: Ill) -> None:
    teacher, other = (make_person(ill.small.program, name, None) for name in ("Dr. Able", "Dr. Baker"))
    ill.small.staffing.levels = [0, 1, 2]
    ill.small.staffing.save()
    work(ill.schedule, teacher, TUESDAY, ill.day, ill.ward, role="supervising")
    ill.absence = Absence.objects.create(person=teacher, start_date=TUESDAY, end_date=TUESDAY, status="approved")
    ill.lost = Held(teacher.pk, TUESDAY, "D", "WA")
    assert ill.names() == ["Dr. Baker"]
    ill.give(other)
    assert ("Dr. Baker", TUESDAY, "D", "WA", "supervising") in ill.worked()


def test_backup_first_then_verdicts_then_fairness_then_what_is_owed(ill: Ill) -> None:
    backup = ill.shift("BK", "Backup", 24, duty="backup")
    pool = make_rotation(ill.small.program, "JE", "Jeopardy")
    people = {name: make_person(ill.small.program, name, 2) for name in ("On backup", "Elsewhere", "Worked much")}
    for name, person in people.items():
        place(ill.schedule, person, 1, ill.clinic if name == "Elsewhere" else ill.ward)
    work(ill.schedule, people["On backup"], TUESDAY, backup, pool, role="backup")
    for offset in (8, 9, 10):
        work(ill.schedule, people["Worked much"], TUESDAY + offset * DAY, ill.day, ill.ward)
    assert ill.names() == ["On backup", "Bo", "Cy", "Worked much", "Elsewhere"]
    assert [each.verdict for each in ill.ranked()[0].able] == [ALLOWED] * 4 + [ADVISORY]
    assert ill.one(people["Elsewhere"]).advisories == ["Clinic is not called to Ward A otherwise."]
    assert ill.one(people["Worked much"]).fairness.endswith("above the fair share")
    debt = {"program": ill.small.program, "shift": "Ward", "hours": 12, "date": TUESDAY}
    Cover.objects.create(absent=ill.cy, covering=ill.ana, **debt)
    assert ill.names()[:3] == ["On backup", "Cy", "Bo"]
    assert ill.one(ill.cy).queue == "owes 1 shift"


def test_a_rotation_that_is_called_to_the_block_is_allowed(ill: Ill) -> None:
    place(ill.schedule, person := make_person(ill.small.program, "Eve", 2), 1, ill.clinic)
    rule = CrossCover.objects.create(rotation=ill.clinic, covers=ill.ward, weekdays=[1], levels=[2])
    rule.shift_types.set([ill.day])
    assert ill.one(person).verdict == ALLOWED
    for change in ({"weekdays": [5, 6]}, {"weekdays": [1], "levels": [1]}):
        CrossCover.objects.update(**change)
        assert ill.one(person).verdict == ADVISORY


def test_who_is_at_work_then_gives_it_up_or_cannot(ill: Ill) -> None:
    office = ill.shift("C", "Clinic day", 9)
    make_staffing(ill.small.program, "Clinic", ill.clinic, shift_type=office)
    work(ill.schedule, ill.bo, TUESDAY, office, ill.clinic)
    for offset in (8, 9):  # so that fairness alone would have Bo first
        work(ill.schedule, ill.cy, TUESDAY + offset * DAY, ill.day, ill.ward)
    bo = ill.one(ill.bo)
    assert (bo.verdict, bo.gives_up) == (ALLOWED, ["Clinic, clinic day on Tue 7 Jul"])
    assert bo.leaves_short == ["CL clinic day: 0 of 1"]
    assert ill.names() == ["Cy", "Bo"]  # one hole for another comes last
    late = SIX + timedelta(hours=2)  # the clinic has begun
    blocked = next(each for each in ill.ranked(late)[0].unable if each.person == ill.bo)
    assert blocked.broken == ["is at work then: Clinic, clinic day on Tue 7 Jul"]


def test_shifts_that_join_are_both_worked(ill: Ill) -> None:
    early = ill.shift("E", "Early round", 1, start_time="05:00")
    early.joins.set([ill.day])
    work(ill.schedule, ill.bo, TUESDAY, early, ill.ward)
    assert ill.one(ill.bo).gives_up == []


def test_a_night_that_nothing_may_follow(ill: Ill) -> None:
    ill.night.not_followed_by.set([ill.day])
    work(ill.schedule, ill.bo, TUESDAY - DAY, ill.night, ill.ward)
    work(ill.schedule, ill.cy, TUESDAY + DAY, ill.day, ill.ward)
    assert ill.one(ill.bo).broken == ["comes from Ward A, night on Mon 6 Jul"]
    assert ill.one(ill.cy).gives_up == []
    Assignment.objects.filter(person=ill.ana).delete()
    work(ill.schedule, ill.ana, TUESDAY, ill.night, ill.ward)
    assert ill.one(ill.cy).gives_up == ["Ward A, day on Wed 8 Jul"]


def test_a_night_of_the_schedule_before_is_not_given_up(ill: Ill) -> None:
    first, now = date(2026, 7, 1), datetime(2026, 6, 30, 18, tzinfo=UTC)  # before that night has begun
    before = make_schedule(make_year(ill.small.program, date(2026, 5, 1), date(2026, 6, 30)), "published")
    ill.night.not_followed_by.set([ill.day])
    work(before, ill.bo, first - DAY, ill.night, ill.ward)
    work(ill.schedule, ill.ana, first, ill.day, ill.ward)
    ill.absence = Absence.objects.create(person=ill.ana, start_date=first, end_date=first, status="approved")
    (ranked,) = candidates(ill.schedule, lost_blocks(ill.schedule, ill.absence, now), now)
    assert [(each.person, each.broken, each.changes) for each in ranked.unable] == [
        (ill.bo, ["comes from Ward A, night on Tue 30 Jun"], [])
    ]


def test_a_broken_must_is_folded_away_and_takes_a_reason(ill: Ill) -> None:
    long = ill.shift("L", "Long day", 14)
    make_staffing(ill.small.program, "Ward, long", ill.ward, shift_type=long)
    Assignment.objects.all().delete()
    work(ill.schedule, ill.ana, TUESDAY, long, ill.ward)
    late = ill.shift("V", "Evening", 15, start_time="16:00")  # no night, after which the day would be off
    work(ill.schedule, ill.bo, TUESDAY - DAY, late, ill.ward)
    ill.lost = Held(ill.ana.pk, TUESDAY, "L", "WA")
    bo = ill.one(ill.bo)
    assert bo.verdict == BREAKS
    assert bo.broken[0].startswith("6.22: Bo ")
    assert ill.names() == ["Cy"]
    with pytest.raises(ValidationError) as caught:
        ill.give(ill.bo, reason=" ")
    assert caught.value.message_dict == {"reason": [f"Say why Bo works it all the same: {bo.broken[0]}"]}
    assert ("Ana", TUESDAY, "L", "WA", "primary") in ill.worked()
    done = ill.give(ill.bo, reason="Nobody else is in town")
    assert ("Bo", TUESDAY, "L", "WA", "primary") in ill.worked()
    assert done.entry
    assert done.entry.reason == "Nobody else is in town"
    entry = AuditLog.objects.get(action="rule overridden")
    assert entry.changes == {"schedule": 1, "person": "Bo", "broken": bo.broken, "reason": "Nobody else is in town"}


def test_giving_a_block(ill: Ill) -> None:
    ill.bo.user, ill.ana.user = make_user("bo"), make_user("ana")
    ill.bo.save()
    ill.ana.save()
    revision = ill.schedule.revision
    done = ill.give(ill.bo, gives_up="")
    assert (done.covering, done.turn.words, done.gives_up) == (ill.bo, "Ward A, day", ())
    assert ill.worked() == {("Bo", TUESDAY, "D", "WA", "primary")}
    ill.schedule.refresh_from_db()
    assert ill.schedule.revision == revision + 1
    row = Cover.objects.get()
    assert done.entry == row
    assert (row.absent, row.covering, row.date, row.shift) == (ill.ana, ill.bo, TUESDAY, "Ward A, day")
    assert (int(row.hours), row.is_backup, row.is_owed, row.created_by) == (12, False, True, ill.user)
    assert row.edit
    assert AuditLog.objects.get().action == "block covered"
    told = {notice.user.username: notice.lines for notice in Notice.objects.all()}
    assert told == {
        "ana": ["You no longer work Ward A on Tue 7 Jul, day.", "Reason: Bo takes over from Ana."],
        "bo": ["You work Ward A on Tue 7 Jul, day.", "Reason: Bo takes over from Ana."],
    }
    assert lost_blocks(ill.schedule, ill.absence, SIX) == []


def test_what_is_undone_leaves_the_ledger(ill: Ill) -> None:
    ill.give(ill.bo)
    undo(schedule=ill.schedule, user=ill.user)
    assert ill.worked() == {("Ana", TUESDAY, "D", "WA", "primary")}
    assert not Cover.objects.standing().exists()


def test_what_cannot_be_worked_beside_it_is_given_up(ill: Ill) -> None:
    office = ill.shift("C", "Clinic day", 9)
    work(ill.schedule, ill.bo, TUESDAY, office, ill.clinic)
    token = ill.one(ill.bo).token
    assert token == "2026-07-07|C|CL"
    done = ill.give(ill.bo, gives_up=token)
    assert done.gives_up == ("Clinic, clinic day on Tue 7 Jul",)
    assert ill.worked() == {("Bo", TUESDAY, "D", "WA", "primary")}


def test_backup_is_used_up(ill: Ill) -> None:
    backup = ill.shift("BK", "Backup", 24, duty="backup")
    pool = make_rotation(ill.small.program, "JE", "Jeopardy")
    work(ill.schedule, ill.cy, TUESDAY, backup, pool, role="backup")
    done = ill.give(ill.cy)
    assert done.entry
    assert done.entry.is_backup
    assert done.gives_up == ()
    assert ill.worked() == {("Cy", TUESDAY, "D", "WA", "primary")}


def test_backup_of_another_time_is_none(ill: Ill) -> None:
    backup = ill.shift("BK", "Backup", 24, duty="backup")
    pool = make_rotation(ill.small.program, "JE", "Jeopardy")
    work(ill.schedule, ill.cy, TUESDAY - DAY, backup, pool, role="backup")  # until the block begins
    work(ill.schedule, ill.cy, TUESDAY + DAY, backup, pool, role="backup")
    assert not ill.one(ill.cy).is_on_backup
    assert ill.one(ill.cy).changes == []


def test_backup_of_the_very_block(ill: Ill) -> None:
    work(ill.schedule, ill.cy, TUESDAY, ill.day, ill.ward, role="backup")
    assert ill.names() == ["Cy", "Bo"]
    ill.give(ill.cy)
    assert ill.worked() == {("Cy", TUESDAY, "D", "WA", "primary")}
    assert Cover.objects.get().is_backup


def test_of_two_who_give_the_same_block_the_second_is_told_who_has_it(ill: Ill) -> None:
    ill.give(ill.bo)
    with pytest.raises(ValidationError) as caught:
        ill.give(ill.cy)
    assert caught.value.messages == [
        "Ana does not work this block on Tue 7 Jul any more. Bo has it now. Nothing was changed."
    ]
    assert ill.worked() == {("Bo", TUESDAY, "D", "WA", "primary")}
    assert Cover.objects.count() == 1


def test_what_the_other_works_has_changed_since_it_was_shown(ill: Ill) -> None:
    work(ill.schedule, ill.bo, TUESDAY, ill.shift("C", "Clinic day", 9), ill.clinic)
    with pytest.raises(ValidationError) as caught:
        ill.give(ill.bo, gives_up="")
    assert caught.value.messages == ["What Bo works has changed: look at it again. Nothing was changed."]
    assert not Cover.objects.exists()


@pytest.mark.parametrize("who", ["themself", "stranger", "nobody"])
def test_who_cannot_be_given_it(ill: Ill, who: str) -> None:
    stranger = make_person(make_program("Surgery"), "Surgeon", 1)
    key = {"themself": ill.ana.pk, "stranger": stranger.pk, "nobody": 999_999}[who]
    with pytest.raises(ValidationError) as caught:
        cover(schedule=ill.schedule, lost=ill.lost, covering=key, user=ill.user)
    name = "Ana" if who == "themself" else "Whoever was chosen"
    assert caught.value.messages == [f"{name} cannot take this block any more: look at it again."]


def test_in_a_draft_the_ledger_stays_as_it_is(ill: Ill) -> None:
    Schedule.objects.update(status="draft")
    assert ill.give(ill.bo).entry is None
    assert ill.worked() == {("Bo", TUESDAY, "D", "WA", "primary")}
    assert not Cover.objects.exists()
    assert not Notice.objects.exists()


class Best(TestCase):
    """Whatever everybody works: the best few are the beginning of the whole list, and nobody is lost."""

    @settings(max_examples=of_the_database(20))
    @given(st.lists(st.tuples(st.integers(0, 5), st.integers(-2, 2), st.sampled_from("DNCL")), max_size=14))
    def test_the_best_are_the_first_of_all(self, blocks: list[tuple[int, int, str]]) -> None:
        ill = Ill(Small())
        ill.night.not_followed_by.set([ill.day])
        shifts = {"D": ill.day, "N": ill.night, "C": ill.shift("C", "Clinic day", 9), "L": ill.shift("L", "Long", 14)}
        people = [ill.bo, ill.cy, *(make_person(ill.small.program, f"Person {number}", 2) for number in range(4))]
        for number, person in enumerate(people[2:]):
            place(ill.schedule, person, 1, ill.clinic if number % 2 else ill.ward)
        for number, offset, code in set(blocks):
            rotation = ill.clinic if code == "C" else ill.ward
            work(ill.schedule, people[number], TUESDAY + offset * DAY, shifts[code], rotation)
        lost = lost_blocks(ill.schedule, ill.absence, SIX)
        (everybody,) = candidates(ill.schedule, lost, SIX)
        assert everybody.more == 0
        for enough in (0, 1, 3, 9):
            (best,) = candidates(ill.schedule, lost, SIX, enough=enough)
            assert best.able[:enough] == everybody.able[:enough]
            assert len(best.able) >= min(enough, len(everybody.able))
            assert len(best.candidates) + best.more == len(everybody.candidates)


class Giving(TestCase):
    """Whatever everybody works: whoever comes into question without breaking a must can be given the block, and then
    no two blocks of theirs overlap, nobody else's changed, and only what was said is given up."""

    @settings(max_examples=of_the_database(25))
    @given(st.lists(st.tuples(st.sampled_from("bc"), st.integers(-2, 2), st.sampled_from("DNC")), max_size=6))
    def test_giving_does_what_was_said(self, others: list[tuple[str, int, str]]) -> None:
        ill = Ill(Small())
        ill.night.not_followed_by.set([ill.day])
        shifts = {"D": ill.day, "N": ill.night, "C": ill.shift("C", "Clinic day", 9)}
        people = {"b": ill.bo, "c": ill.cy}
        for who, offset, code in set(others):
            rotation = ill.clinic if code == "C" else ill.ward
            work(ill.schedule, people[who], TUESDAY + offset * DAY, shifts[code], rotation)
        found = ill.ranked()[0].able
        if not found:
            return
        best, before = found[0], ill.worked()
        ill.give(best.person, gives_up=best.token)
        after = ill.worked()
        name = best.person.name
        assert {row for row in after if row[0] != name} == {row for row in before if row[0] not in (name, "Ana")}
        given = {(each.date, each.shift) for each in best.changes}
        mine = {(row[1], row[2]) for row in before if row[0] == name}
        assert {(row[1], row[2]) for row in after if row[0] == name} == mine - given | {(TUESDAY, "D")}
        times = sorted(
            Assignment.objects.filter(schedule=ill.schedule, person=best.person, block__date=TUESDAY).values_list(
                "block__starts_at", "block__ends_at"
            )
        )
        assert len(times) == 1
