"""Sick call and the page of a block are asked the same: who can take it. They answer the same."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import timezone
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from absences.models import Absence
from people.models import Person
from scheduling.models import CrossCover, Placement, RotationAssignment, ShiftType
from scheduling.services.backups import Turn
from scheduling.services.candidate import ADVISORY, ALLOWED, BREAKS, Candidate
from scheduling.services.candidates import candidates, judge_one, lost_blocks
from scheduling.services.slot_case import case_of
from scheduling.services.slot_facts import Fact, Reason, fact_of
from tests.examples import of_the_database
from tests.factories import make_person, make_rotation, place, work
from tests.scheduling.small import Small

TUESDAY = date(2026, 7, 7)
DAY = timedelta(days=1)
BEFORE = datetime(2026, 7, 1, 12, tzinfo=UTC)  # nothing of what is asked about has begun


@pytest.fixture(autouse=True)
def _before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: BEFORE)


class Away:
    """Ana is away on Tuesday and should work the ward; Bo is placed there, too, and off."""

    def __init__(self, shift: str = "D", *, is_faculty: bool = False) -> None:
        self.small = small = Small()
        self.schedule = small.draft
        small.staffing.levels = [0] if is_faculty else []
        small.staffing.save()
        self.backup = ShiftType.objects.create(
            program=small.program, code="BK", name="Backup", start_time=time(7), hours=24, duty="backup"
        )
        self.shifts = {"D": small.day, "N": small.night, "BK": self.backup}
        self.vacation = make_rotation(small.program, "VAC", "Vacation", is_vacation=True)
        self.ana, self.bo = small.ana, small.bo
        if is_faculty:
            self.ana, self.bo = (make_person(small.program, name, None) for name in ("Dr. Able", "Dr. Baker"))
        for person in (self.ana, self.bo):
            place(self.schedule, person, 1, small.ward)
        self.shift = self.shifts[shift]
        role = "backup" if shift == "BK" else "primary"
        work(self.schedule, self.ana, TUESDAY, self.shift, small.ward, role=role)
        self.absence = self.away(self.ana)

    def away(self, person: Person) -> Absence:
        return Absence.objects.create(person=person, start_date=TUESDAY, end_date=TUESDAY, status="approved")

    def rule_out(self, person: Person) -> None:
        Placement.objects.create(
            academic_year=self.small.year, person=person, date=TUESDAY, shift_type=self.shift, is_allowed=False
        )

    def placed(self, person: Person, rotation: object) -> None:
        rows = RotationAssignment.objects.filter(person=person)
        rows.delete() if rotation is None else rows.update(rotation=rotation)

    @property
    def turn(self) -> Turn:
        (turn,) = lost_blocks(self.schedule, self.absence, BEFORE)
        return turn

    def candidate(self, person: Person) -> Candidate | None:
        return judge_one(self.schedule, self.turn, person.pk, BEFORE)

    def fact(self, person: Person) -> Fact:
        return fact_of(case_of(self.schedule, TUESDAY, self.small.ward, self.shift, without=self.ana.pk), person)


@pytest.fixture
def away(db: None) -> Away:
    return Away()


def is_free(one: Candidate | None) -> bool:
    """Whether sick call lets somebody take it who gives up nothing, against no rule and no plan."""
    return one is not None and one.verdict < BREAKS and not one.gives_up and not one.outside_plan


def test_who_is_ruled_out_by_hand_breaks_that(away: Away) -> None:
    away.rule_out(away.bo)
    (ranked,) = candidates(away.schedule, [away.turn], BEFORE)
    assert [(one.person, one.verdict, one.broken) for one in ranked.candidates] == [
        (away.bo, BREAKS, ["is ruled out for this block by hand"])
    ]
    assert away.fact(away.bo).reason is Reason.FORBIDDEN


def test_the_day_after_a_night_is_off(away: Away) -> None:
    work(away.schedule, away.bo, TUESDAY - DAY, away.small.night, away.small.ward)
    bo = away.candidate(away.bo)
    assert bo is not None
    assert bo.gives_up == ["Ward A, night on Mon 6 Jul"]
    assert away.fact(away.bo).reason is Reason.POST_CALL
    late = datetime(2026, 7, 7, 10, tzinfo=UTC)  # the night has begun
    came = judge_one(away.schedule, away.turn, away.bo.pk, late)
    assert came is not None
    assert (came.verdict, came.broken) == (BREAKS, ["comes from Ward A, night on Mon 6 Jul"])


def test_who_is_on_vacation_by_the_plan_comes_into_no_question(away: Away) -> None:
    away.placed(away.bo, away.vacation)
    assert away.candidate(away.bo) is None
    assert away.fact(away.bo).reason is Reason.LEAVE


def test_who_is_placed_on_nothing_is_told_so(away: Away) -> None:
    away.placed(away.bo, None)
    bo = away.candidate(away.bo)
    assert bo is not None
    assert (bo.verdict, bo.advisories) == (ADVISORY, ["Bo is placed on nothing in this period."])
    assert away.fact(away.bo).reason is Reason.PLACED


@pytest.mark.django_db
def test_from_backup_nobody_is_called_to_backup() -> None:
    away = Away("BK")
    assert away.candidate(away.bo) is not None
    work(away.schedule, away.bo, TUESDAY, away.backup, away.small.ward, role="backup")
    assert away.candidate(away.bo) is None
    assert away.fact(away.bo).reason is Reason.THERE


@pytest.mark.django_db
def test_cross_cover_without_levels_is_for_residents() -> None:
    away = Away(is_faculty=True)
    away.placed(away.bo, away.small.clinic)
    CrossCover.objects.create(rotation=away.small.clinic, covers=away.small.ward).shift_types.set([away.small.day])
    doctor = away.candidate(away.bo)
    assert doctor is not None
    assert (doctor.verdict, away.fact(away.bo).reason) == (ADVISORY, Reason.PLACED)
    CrossCover.objects.update(levels=[0])
    doctor = away.candidate(away.bo)
    assert doctor is not None
    assert (doctor.verdict, away.fact(away.bo).reason) == (ALLOWED, Reason.COULD)


BLOCKS = st.lists(st.tuples(st.integers(-1, 1), st.sampled_from(["D", "N", "BK"]), st.booleans()), max_size=3)
PLACES = st.sampled_from(["ward", "clinic", "vacation", "nothing"])


class BothSayTheSame(TestCase):
    """Whatever somebody works, and wherever the plan and others have put them."""

    @settings(max_examples=of_the_database(20))
    @given(
        shift=st.sampled_from(["D", "N", "BK"]),
        is_faculty=st.booleans(),
        blocks=BLOCKS,
        place=PLACES,
        levels=st.sampled_from([None, [], [0], [1], [2]]),
        is_ruled_out=st.booleans(),
        is_away=st.booleans(),
        follows=st.booleans(),
        joins=st.booleans(),
    )
    @example("D", False, [(-1, "N", True)], "ward", None, False, False, False, False)
    @example("D", False, [], "ward", None, True, False, False, False)
    @example("D", True, [], "clinic", [], False, False, False, False)
    @example("BK", False, [(0, "BK", True)], "ward", None, False, False, False, False)
    def test_drawn(self, shift, is_faculty, blocks, place, levels, is_ruled_out, is_away, follows, joins):
        away = Away(shift, is_faculty=is_faculty)
        small = away.small
        small.staffing.shift_type = away.shift  # the page asks for faculty only where staffing does
        small.staffing.save()
        if follows:
            small.night.not_followed_by.set([small.day])
        if joins:
            small.day.joins.set([small.night])
        if levels is not None:
            CrossCover.objects.create(rotation=small.clinic, covers=small.ward, levels=levels).shift_types.set(
                [away.shift]
            )
        rotations = {"ward": small.ward, "clinic": small.clinic, "vacation": away.vacation, "nothing": None}
        away.placed(away.bo, rotations[place])
        for offset, code in {(offset, code): None for offset, code, _ in blocks}:
            on = next(is_ward for o, c, is_ward in blocks if (o, c) == (offset, code))
            rotation = small.ward if on else small.clinic
            role = "backup" if code == "BK" else "supervising" if is_faculty else "primary"
            work(away.schedule, away.bo, TUESDAY + offset * DAY, away.shifts[code], rotation, role=role)
        if is_ruled_out:
            away.rule_out(away.bo)
        if is_away:
            away.away(away.bo)
        candidate, fact = away.candidate(away.bo), away.fact(away.bo)
        if candidate is not None and candidate.is_on_backup and fact.reason is Reason.PLACED:
            return  # backup is called wherever the plan has it; a block is filled by those who belong there
        assert is_free(candidate) == (fact.reason is Reason.COULD), (candidate, fact)
