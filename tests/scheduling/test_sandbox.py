"""Sandboxes: tried out, adopted in one edit that can be undone, kept as a draft, dropped."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from people.models import AuditLog, User
from scheduling.models import Cover, Edit, GenerationRun, Schedule
from scheduling.services import drafts, edit, sandbox
from scheduling.services.changes import Change, PlanChange
from scheduling.services.comparing import differences
from scheduling.services.publish import is_outdated, publish
from tests.examples import ON_POSTGRESQL
from tests.factories import Wards, make_user, make_wards

pytestmark = pytest.mark.django_db
DAY = date(2026, 12, 1)


@pytest.fixture
def wards() -> Wards:
    return make_wards(status="draft")


@pytest.fixture
def user(wards: Wards) -> User:
    return make_user("owner", User.Role.COORDINATOR, programs=(wards.program,))


def works(wards: Wards, schedule: Schedule, person: int = 0, day: date = DAY, before: str | None = None) -> Edit:
    change = Change(wards.people[person].pk, day, "D", before, "WA")
    return edit.change(schedule=schedule, user=None, changes=[change])


def refused(box: Schedule) -> str:
    with pytest.raises(ValidationError) as raised:
        sandbox.adopt(sandbox=box, user=None)
    (message,) = raised.value.messages
    return message


def test_a_sandbox_is_a_copy_that_is_not_published(wards: Wards, user: User) -> None:
    box = sandbox.try_out(base=wards.schedule, user=user, note="Two on nights")
    assert (box.number, box.status, box.is_what_if, box.based_on, box.note) == (
        2,
        "draft",
        True,
        wards.schedule,
        "Two on nights",
    )
    assert differences([wards.schedule], box).people == set()
    assert box.assignments.count() == 57
    assert AuditLog.objects.get(target=f"schedule:{box.pk}").changes["is_what_if"] is True


def test_an_archived_version_is_not_tried_out(wards: Wards) -> None:
    Schedule.objects.filter(pk=wards.schedule.pk).update(status="archived")
    wards.schedule.refresh_from_db()
    with pytest.raises(ValidationError, match="is archived: bring it back"):
        sandbox.try_out(base=wards.schedule, user=None)


def test_adopting_is_one_edit_of_the_draft_that_can_be_undone(wards: Wards, user: User) -> None:
    """The plan and the roster of one person, a pin loosened, cover given; back again by one undo."""
    before = sandbox.try_out(base=wards.schedule, user=user)
    box = sandbox.try_out(base=wards.schedule, user=user, note="Ana to the ICU")
    moved = wards.people[0]
    edit.change(schedule=box, user=None, changes=[PlanChange(moved.pk, 5, "WA", "ICU", note="Wished for")])
    given = works(wards, box, 1)
    Cover.objects.create(
        program=wards.program, schedule=box, edit=given, absent=moved, covering=wards.people[1], date=DAY,
        shift="Ward A, day", hours=12,
    )  # fmt: skip
    said = {row.block_id: row.rotation_id for row in box.assignments.all()}
    number = box.number

    made = sandbox.adopt(sandbox=box, user=user)

    assert (made.schedule, made.user, made.title) == (wards.schedule, user, f"Sandbox {number} adopted: Ana to the ICU")
    assert Edit.objects.filter(schedule=wards.schedule).count() == 1
    assert not Schedule.objects.filter(number=number).exists()
    placed = wards.schedule.rotation_assignments.get(person=moved, period__number=5)
    assert (placed.rotation, placed.note) == (wards.icu, "Wished for")
    assert {row.block_id: row.rotation_id for row in wards.schedule.assignments.all()} == said
    assert Cover.objects.get().edit == made
    edit.undo(schedule=wards.schedule, user=user)
    found = differences([before], wards.schedule)
    assert (found.assignments, found.placements) == ([], [])


def test_what_is_worked_in_the_period_of_who_is_moved_stays_where_the_sandbox_has_it(wards: Wards) -> None:
    """Generated anew, a sandbox may place somebody elsewhere and still have some of the blocks that they had."""
    box = sandbox.try_out(base=wards.schedule, user=None)
    moved = wards.people[0]
    box.rotation_assignments.filter(person=moved, period__number=5).update(rotation=wards.icu)
    kept = box.assignments.filter(person=moved).count()
    sandbox.adopt(sandbox=box, user=None)
    assert wards.schedule.assignments.filter(person=moved).count() == kept == 20


def test_pins_notes_and_overrides_alone_are_adopted(wards: Wards) -> None:
    box = sandbox.try_out(base=wards.schedule, user=None)
    marked = {"is_pinned": True, "note": "Do not move", "override": "Agreed"}
    box.assignments.filter(block__date=date(2026, 11, 3)).update(**marked)
    box.rotation_assignments.filter(period__number=5).update(**marked)
    assert differences([wards.schedule], box).people == set()  # nobody works otherwise
    sandbox.adopt(sandbox=box, user=None)
    assert wards.schedule.assignments.filter(block__date=date(2026, 11, 3), **marked).count() == 3
    assert wards.schedule.assignments.count() == 57
    assert wards.schedule.rotation_assignments.filter(**marked).count() == 3


def test_marks_set_on_both_sides_are_refused(wards: Wards) -> None:
    box = sandbox.try_out(base=wards.schedule, user=None)
    for schedule, note in ((box, "Mine"), (wards.schedule, "Theirs")):
        change = Change(wards.people[0].pk, date(2026, 11, 2), "D", "WA", "WA", note=note)
        edit.change(schedule=schedule, user=None, changes=[change])
    assert "Mon 2 Nov, D has another pin, note or reason there than in the sandbox. Change one" in refused(box)


def test_pins_and_notes_alone_are_brought_up_to_date(wards: Wards) -> None:
    Schedule.objects.filter(pk=wards.schedule.pk).update(status="published")
    wards.schedule.refresh_from_db()
    draft, other = (drafts.new_draft(academic_year=wards.year, user=None, based_on=wards.schedule) for _ in range(2))
    marked = {"is_pinned": True, "note": "Do not move", "override": "Agreed"}
    draft.assignments.filter(block__date=date(2026, 11, 3)).update(**marked)
    works(wards, other, 2)
    publish(schedule=other, user=None)
    fresh = drafts.bring_up_to_date(draft=draft, user=None)
    assert fresh.assignments.filter(block__date=date(2026, 11, 3), **marked).count() == 3
    assert fresh.assignments.count() == 58


def test_what_others_changed_in_the_draft_stays(wards: Wards) -> None:
    box = sandbox.try_out(base=wards.schedule, user=None)
    works(wards, box)
    works(wards, wards.schedule, 1)
    sandbox.adopt(sandbox=box, user=None)
    there = wards.schedule.assignments.filter(block__date=DAY).order_by("person")
    assert [row.person for row in there] == wards.people[:2]


def test_the_same_cell_changed_on_both_sides_is_refused(wards: Wards) -> None:
    box = sandbox.try_out(base=wards.schedule, user=None)
    works(wards, box)
    edit.change(
        schedule=wards.schedule, user=None, changes=[Change(wards.people[0].pk, DAY, "D", None, wards.icu.code)]
    )
    assert refused(box) == (
        "Draft 1 (2026–27) was changed since in what the sandbox changed, too: Resident 000, Tue 1 Dec, D is ICU there "
        "and WA in the sandbox. Change one of them first. Nothing was changed."
    )
    assert Schedule.objects.count() == 2


def test_the_same_period_changed_on_both_sides_is_refused(wards: Wards) -> None:
    box = sandbox.try_out(base=wards.schedule, user=None)
    edit.change(schedule=box, user=None, changes=[PlanChange(wards.people[0].pk, 8, "WA", "ICU")])
    edit.change(schedule=wards.schedule, user=None, changes=[PlanChange(wards.people[0].pk, 8, "WA", None)])
    assert "Resident 000, Period 8 is free there and ICU in the sandbox." in refused(box)


def test_a_generated_sandbox_gives_way_nowhere(wards: Wards) -> None:
    """Nobody knows which of its cells were meant, so all of them are."""
    box = sandbox.try_out(base=wards.schedule, user=None)
    GenerationRun.objects.create(schedule=box, status="succeeded", progress=100, revision=2)
    works(wards, wards.schedule)
    assert "Resident 000, Tue 1 Dec, D is WA there and free in the sandbox." in refused(box)


def test_a_draft_that_was_generated_since_takes_no_sandbox(wards: Wards) -> None:
    box = sandbox.try_out(base=wards.schedule, user=None)
    works(wards, box)
    GenerationRun.objects.create(schedule=wards.schedule, status="succeeded", progress=100, revision=2)
    assert "was generated after Draft 2 (2026–27) was made from it" in refused(box)


def test_one_whose_making_is_not_recorded_any_more_is_not_adopted(wards: Wards) -> None:
    """What others changed in the draft since would be written over, unseen."""
    box = sandbox.try_out(base=wards.schedule, user=None)
    works(wards, box)
    AuditLog.objects.all().delete()
    assert "Nobody knows any more when Draft 2 (2026–27) was made" in refused(box)


def test_nothing_to_adopt_and_too_much_to_adopt_are_said(wards: Wards, monkeypatch: pytest.MonkeyPatch) -> None:
    box = sandbox.try_out(base=wards.schedule, user=None)
    assert "says the same as Draft 1 (2026–27): there is nothing to adopt" in refused(box)
    box.assignments.all().delete()
    monkeypatch.setattr(sandbox, "MOST_CELLS", 50)
    assert "differs from Draft 1 (2026–27) in 57 cells, and one edit holds 50: keep it as a draft" in refused(box)


def test_a_sandbox_of_what_is_published_becomes_a_draft(wards: Wards, user: User) -> None:
    Schedule.objects.filter(pk=wards.schedule.pk).update(status="published")
    wards.schedule.refresh_from_db()
    box = sandbox.try_out(base=wards.schedule, user=user)
    assert not sandbox.goes_into_draft(box)
    assert refused(box) == "Draft 2 (2026–27) was not made from a draft: keep it as a draft, and publish that."
    kept = sandbox.keep(sandbox=box, user=user)
    assert (kept.is_what_if, kept.revision) == (False, 2)
    assert AuditLog.objects.get(action="sandbox kept as a draft").user == user
    with pytest.raises(ValidationError, match="is no sandbox"):
        sandbox.keep(sandbox=box, user=user)


def test_one_of_a_draft_that_is_kept_goes_by_what_that_was_made_from(wards: Wards) -> None:
    """It has the draft's changes and its own: neither is taken for what others published, nor left behind."""
    Schedule.objects.filter(pk=wards.schedule.pk).update(status="published")
    wards.schedule.refresh_from_db()
    draft, other = (drafts.new_draft(academic_year=wards.year, user=None, based_on=wards.schedule) for _ in range(2))
    works(wards, draft)
    box = sandbox.try_out(base=draft, user=None)
    works(wards, box, 1)
    kept = sandbox.keep(sandbox=box, user=None)
    assert drafts.made_from(kept) == wards.schedule
    assert not is_outdated(kept, [wards.schedule])
    works(wards, other, 2)
    publish(schedule=other, user=None)
    kept.refresh_from_db()
    assert is_outdated(kept, [other])
    fresh = drafts.bring_up_to_date(draft=kept, user=None)
    assert [row.person for row in fresh.assignments.filter(block__date=DAY).order_by("person")] == wards.people
    assert publish(schedule=fresh, user=None).status == "published"


def test_changes_of_what_is_published_reach_copies_of_copies(wards: Wards) -> None:
    """So that a sandbox of a draft takes nothing back when it is kept and published."""
    Schedule.objects.filter(pk=wards.schedule.pk).update(status="published")
    wards.schedule.refresh_from_db()
    draft = drafts.new_draft(academic_year=wards.year, user=None, based_on=wards.schedule)
    box = sandbox.try_out(base=draft, user=None)
    inner = sandbox.try_out(base=box, user=None)
    works(wards, inner, 1)
    works(wards, wards.schedule)
    for each, people in ((draft, 1), (box, 1), (inner, 2)):
        assert each.assignments.filter(block__date=DAY).count() == people
    sandbox.adopt(sandbox=inner, user=None)
    assert [row.person for row in box.assignments.filter(block__date=DAY).order_by("person")] == wards.people[:2]


def test_a_draft_that_was_made_from_nothing_is_made_from_nothing(wards: Wards) -> None:
    copy = drafts.new_draft(academic_year=wards.year, user=None, based_on=wards.schedule)
    assert drafts.made_from(copy) is None
    assert drafts.made_from(wards.schedule) is None


def test_dropping_one_leaves_the_draft(wards: Wards) -> None:
    box = sandbox.try_out(base=wards.schedule, user=None)
    drafts.delete(schedule=box, user=None)
    assert Schedule.objects.get() == wards.schedule


@pytest.mark.parametrize("count", [1, 3])
def test_adopting_costs_as_many_queries_whatever_it_adopts(
    wards: Wards, count: int, django_assert_num_queries: object
) -> None:
    box = sandbox.try_out(base=wards.schedule, user=None)
    for offset in range(count):
        works(wards, box, day=date(2026, 12, 1 + offset))
    with django_assert_num_queries(47 if ON_POSTGRESQL else 49):  # type: ignore[operator]
        sandbox.adopt(sandbox=box, user=None)
