"""Whatever is changed where: what adopting, bringing back and making a part anew leave as it was, and what not."""

from datetime import UTC, date, datetime, timedelta
from unittest import mock

from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from people.models import User
from scheduling.models import Assignment, RotationAssignment, Schedule
from scheduling.services import edit, facts, rollback, sandbox
from scheduling.services.changes import Change, PlanChange
from scheduling.services.drafts import new_draft
from scheduling.services.publish import publish
from scheduling.services.remaking import Remakes, Remaking
from scheduling.services.roster_build import stored_plan
from scheduling.services.taking_over import over, people_otherwise
from tests.examples import of_the_database
from tests.factories import place, work
from tests.scheduling.small import Small

FIRST = date(2026, 7, 1)
# Whose, which day, what they work afterwards; or, with a period for the day, where they are placed.
type Wish = tuple[int, int | str, str | None]
WISHES = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.one_of(st.integers(0, 55), st.sampled_from(["1", "2"])),
        st.sampled_from(["WA", "CL", None]),
    ),
    max_size=6,
)


def people(small: Small) -> list[int]:
    return [small.ana.pk, small.bo.pk]


def make(schedule: Schedule, small: Small, wishes: list[Wish], user: User | None = None) -> set[tuple[int, int | str]]:
    """Make each of these changes, one edit each; returns the cells that were touched, also by what was released."""
    touched: set[tuple[int, int | str]] = set()
    for who, where, after in wishes:
        before = state(schedule, small).get((people(small)[who], where))
        person = people(small)[who]
        change: Change | PlanChange
        if isinstance(where, str):
            change = PlanChange(person, int(where), before, after)
        else:
            change = Change(person, FIRST + timedelta(days=where), "D", before, after, is_pinned=False)
        made = edit.change(schedule=schedule, user=user, changes=[change])
        for cell in made.cells:
            at: int | str = str(cell["period"]) if "period" in cell else (date.fromisoformat(cell["date"]) - FIRST).days
            touched.add((cell["person"], at))
    return touched


def state(schedule: Schedule, small: Small) -> dict[tuple[int, int | str], str]:
    """What everybody works by day, and where they are placed by period."""
    found: dict[tuple[int, int | str], str] = {}
    rows = Assignment.objects.filter(schedule=schedule).values_list("person", "block__date", "rotation__code")
    for person, day, code in rows:
        found[person, (day - FIRST).days] = code
    placed = RotationAssignment.objects.filter(schedule=schedule)
    for person, number, code in placed.values_list("person", "period__number", "rotation__code"):
        found[person, str(number)] = code
    return found


def made(small: Small, draft: Schedule) -> None:
    """Both on the ward in both periods, and every third day at work there."""
    for person in (small.ana, small.bo):
        for number in (1, 2):
            place(draft, person, number, small.ward)
        for offset in range(0, 56, 3):
            work(draft, person, FIRST + timedelta(days=offset), small.day, small.ward)


class Adopting(TestCase):
    @settings(max_examples=of_the_database(10), deadline=None)
    @given(mine=WISHES, theirs=WISHES)
    def test_takes_what_only_the_sandbox_changed_and_leaves_what_only_others_did(
        self, mine: list[Wish], theirs: list[Wish]
    ) -> None:
        small = Small()
        made(small, small.draft)
        box = sandbox.try_out(base=small.draft, user=None)
        at_mine = make(box, small, mine)
        at_theirs = make(small.draft, small, theirs)
        wanted, before = state(box, small), state(small.draft, small)
        differing = {cell for cell in wanted.keys() | before.keys() if wanted.get(cell) != before.get(cell)}
        try:
            sandbox.adopt(sandbox=box, user=small.coordinator)
        except ValidationError:
            assert not differing or differing & at_theirs  # nothing to adopt, or both in one cell
            assert state(small.draft, small) == before
            assert Schedule.objects.filter(pk=box.pk).exists()
            return
        after = state(small.draft, small)
        for cell in wanted.keys() | before.keys():
            source = wanted if cell in at_mine and cell not in at_theirs else before
            assert after.get(cell) == source.get(cell), cell
        edit.undo(schedule=small.draft, user=small.coordinator)
        assert state(small.draft, small) == before


class BringingBack(TestCase):
    @settings(max_examples=of_the_database(10), deadline=None)
    @given(changed=WISHES, day=st.integers(-3, 55))
    def test_the_past_is_the_present_ones_and_the_future_the_old_ones(self, changed: list[Wish], day: int) -> None:
        small = Small()
        made(small, small.draft)
        today = FIRST + timedelta(days=day)
        noon = datetime(today.year, today.month, today.day, 17, tzinfo=UTC)
        with mock.patch.object(timezone, "now", return_value=noon):
            old = publish(schedule=small.draft, user=None)
            second = new_draft(academic_year=small.year, user=None, based_on=old)
            make(second, small, changed)
            current = publish(schedule=second, user=None)
            old.refresh_from_db()
            draft = rollback.bring_back(old=old, user=None)
        was, now, then = state(old, small), state(current, small), state(draft, small)
        ends = {"1": 27, "2": 55}
        for cell in was.keys() | now.keys() | then.keys():
            last = ends[cell[1]] if isinstance(cell[1], str) else cell[1]
            is_over = last < day or (last == day and not isinstance(cell[1], str))  # at noon the day's shift has begun
            assert then.get(cell) == (now if is_over else was).get(cell), cell
        with mock.patch.object(timezone, "now", return_value=noon):
            published = publish(schedule=draft, user=None)
        assert state(published, small) == then


class Publishing(TestCase):
    @settings(max_examples=of_the_database(10), deadline=None)
    @given(changed=WISHES, day=st.integers(-3, 60))
    def test_what_is_over_stays_and_what_is_ahead_is_the_drafts(self, changed: list[Wish], day: int) -> None:
        small = Small()
        made(small, small.draft)
        old = publish(schedule=small.draft, user=None)
        draft = new_draft(academic_year=small.year, user=None, based_on=old)
        make(draft, small, changed)
        was, wanted = state(old, small), state(draft, small)
        today = FIRST + timedelta(days=day)
        noon = datetime(today.year, today.month, today.day, 17, tzinfo=UTC)
        with mock.patch.object(timezone, "now", return_value=noon):
            differ = people_otherwise([old], draft, over(today))
            now = state(publish(schedule=draft, user=None), small)
        ends = {"1": 27, "2": 55}
        gone = set()
        for cell in was.keys() | wanted.keys() | now.keys():
            is_over = ends[cell[1]] < day if isinstance(cell[1], str) else cell[1] <= day
            assert now.get(cell) == (was if is_over else wanted).get(cell), cell
            if is_over and was.get(cell) != wanted.get(cell):
                gone.add(cell[0])
        assert differ == gone


class Opening(TestCase):
    @settings(max_examples=of_the_database(20), deadline=None)
    @given(
        first=st.none() | st.integers(-5, 55),
        length=st.none() | st.integers(0, 60),
        rotations=st.sets(st.sampled_from(["WA", "CL"])),
        chosen=st.sets(st.integers(0, 1)),
    )
    def test_a_day_or_period_is_open_exactly_where_all_that_was_chosen_holds(
        self, first: int | None, length: int | None, rotations: set[str], chosen: set[int]
    ) -> None:
        small = Small()
        place(small.draft, small.ana, 1, small.ward)
        place(small.draft, small.ana, 2, small.clinic)
        place(small.draft, small.bo, 2, small.ward)
        start = None if first is None else FIRST + timedelta(days=first)
        end = None if length is None else (start or FIRST) + timedelta(days=length)
        keys = frozenset(people(small)[each] for each in chosen)
        known = facts.load(small.draft)
        made = Remaking(known, Remakes(start, end, frozenset(rotations), keys), stored_plan(known))
        placed = {("ana", 0): "WA", ("ana", 1): "CL", ("bo", 1): "WA"}
        for person, key in (("ana", small.ana.pk), ("bo", small.bo.pk)):
            for place_, days in enumerate((range(28), range(28, 56))):
                meant = (not keys or key in keys) and (not rotations or placed.get((person, place_)) in rotations)
                inside = [
                    (start is None or FIRST + timedelta(days=day) >= start)
                    and (end is None or FIRST + timedelta(days=day) <= end)
                    for day in days
                ]
                assert made.is_open_period(person, place_) == (meant and all(inside))
                for day, is_inside in zip(days, inside, strict=True):
                    assert made.is_open(key, FIRST + timedelta(days=day)) == (meant and is_inside)
