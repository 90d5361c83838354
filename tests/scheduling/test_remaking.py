"""A part of a draft made anew with the real solvers: nothing outside changes, and inside is filled."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from scheduling.models import Assignment, GenerationRun, RotationAssignment, Schedule, Staffing
from scheduling.services import generate
from scheduling.services.checking import check
from scheduling.services.drafts import new_draft
from scheduling.services.remaking import Remakes, usual, words
from tests.factories import make_person, make_schedule, place, work
from tests.scheduling.small import Small

type Row = tuple[str, str, str, str, bool]
ROSTER, PLAN = GenerationRun.Scope.ROSTER, GenerationRun.Scope.PLAN


@pytest.fixture
def made(small: Small) -> Small:
    """The small program with four residents, three of them on the ward in each period, and its year generated."""
    make_person(small.program, "Cy", 1), make_person(small.program, "Di", 2)
    small.staffing.fewest = 2
    small.staffing.save()
    placed = Staffing.objects.create(program=small.program, name="Ward", fewest=3, most=3)
    placed.rotations.set([small.ward])
    generate.perform(small.request(time_limit=60).pk)
    return small


def roster(small: Small) -> dict[int, Row]:
    rows = Assignment.objects.filter(schedule=small.draft).select_related("person", "block__shift_type", "rotation")
    return {
        row.pk: (row.person.name, f"{row.block.date}", row.block.shift_type.code, row.rotation.code, row.is_pinned)
        for row in rows
    }


def plan(small: Small) -> dict[int, tuple[str, int, str]]:
    rows = RotationAssignment.objects.filter(schedule=small.draft).select_related("person", "period", "rotation")
    return {row.pk: (str(row.person), row.period.number, row.rotation.code) for row in rows}


def by_day(small: Small) -> dict[str, int]:
    found: dict[str, int] = {}
    for _, day, shift, _, _ in roster(small).values():
        found[day] = found.get(day, 0) + (shift == "D")
    return found


@pytest.mark.django_db(transaction=True)
def test_a_range_of_days(made: Small) -> None:
    """What was worked outside keeps its very rows, even where it breaks a rule; inside, the ward is staffed again."""
    first, last = date(2026, 7, 10), date(2026, 7, 20)
    inside = {"first": first.isoformat(), "last": last.isoformat()}
    Assignment.objects.filter(schedule=made.draft, block__date__range=(first, last)).delete()
    on_clinic = RotationAssignment.objects.get(schedule=made.draft, rotation=made.clinic, period__number=1).person
    for day, shift_type in ((2, made.day), (2, made.night), (3, made.day)):  # 36 hours without a break
        work(made.draft, on_clinic, date(2026, 7, day), shift_type, made.ward, is_pinned=False)
    pin = work(made.draft, on_clinic, date(2026, 7, 12), made.night, made.ward, is_pinned=True)
    before, planned = roster(made), plan(made)

    run = generate.perform(made.request(scope=ROSTER, time_limit=60, remakes=inside).pk)

    assert (run.status, run.error, run.shortfalls) == ("succeeded", "", [])
    broken = [each for each in run.violations if each["force"] == "must"]
    assert [(each["person"], each["clause"]) for each in broken] == [(on_clinic.pk, "6.22")]
    after = roster(made)
    assert before.items() <= after.items()
    assert pin.pk in after
    added = [row for key, row in after.items() if key not in before]
    days = [(first + timedelta(days=n)).isoformat() for n in range(11)]
    assert sorted({row[1] for row in added}) == days
    assert [by_day(made)[day] for day in days] == [2] * 11
    assert plan(made) == planned
    assert len(run.violations) == len(check(made.draft))


@pytest.mark.django_db(transaction=True)
def test_some_people(made: Small) -> None:
    """Their plan and roster are made anew together; of everybody else not a row changes."""
    before, planned = roster(made), plan(made)
    mine = [made.ana.pk, made.bo.pk]
    run = generate.perform(made.request(time_limit=60, remakes={"people": mine}).pk)
    assert (run.status, run.error) == ("succeeded", "")
    after = roster(made)
    others = {key: row for key, row in before.items() if row[0] not in ("Ana", "Bo")}
    assert {key: row for key, row in after.items() if row[0] not in ("Ana", "Bo")} == others
    assert not {key for key, row in before.items() if row[0] in ("Ana", "Bo")} & after.keys()
    kept = {key: row for key, row in planned.items() if row[0] not in ("Ana", "Bo")}
    assert {key: row for key, row in plan(made).items() if row[0] not in ("Ana", "Bo")} == kept
    assert sorted(number for name, number, _ in plan(made).values() if name in ("Ana", "Bo")) == [1, 1, 2, 2]
    assert set(by_day(made).values()) == {2}


@pytest.mark.django_db(transaction=True)
def test_a_period_of_the_plan_releases_its_roster(made: Small) -> None:
    """The plan alone of one period: the other period keeps plan and roster, and nothing else is left of this one."""
    second = made.year.periods.get(number=2)
    before, planned = roster(made), plan(made)
    days = {"first": second.start_date.isoformat(), "last": second.end_date.isoformat()}
    run = generate.perform(made.request(scope=PLAN, time_limit=30, remakes=days).pk)
    assert (run.status, run.error) == ("succeeded", "")
    assert roster(made) == {key: row for key, row in before.items() if row[1] < second.start_date.isoformat()}
    now = plan(made)
    assert {key: row for key, row in now.items() if row[1] == 1} == {
        key: row for key, row in planned.items() if row[1] == 1
    }
    assert sorted(row[2] for row in now.values() if row[1] == 2) == ["CL", "WA", "WA", "WA"]


@pytest.mark.django_db(transaction=True)
def test_one_rotation(made: Small) -> None:
    """The roster of whoever is placed there: others keep theirs, and who has no place in a period gets none."""
    RotationAssignment.objects.filter(schedule=made.draft, person=made.ana, period__number=2).delete()
    Assignment.objects.filter(schedule=made.draft, person=made.ana, block__date__gte=date(2026, 7, 29)).delete()
    before = roster(made)
    on_ward = {(name, number) for name, number, code in plan(made).values() if code == "WA"}
    run = generate.perform(made.request(scope=ROSTER, time_limit=60, remakes={"rotations": ["WA"]}).pk)
    assert (run.status, run.error) == ("succeeded", "")

    def there(row: Row) -> bool:
        return (row[0], 1 if row[1] < "2026-07-29" else 2) in on_ward

    after = roster(made)
    assert {key: row for key, row in after.items() if not there(row)} == {
        key: row for key, row in before.items() if not there(row)
    }
    assert not {key for key, row in before.items() if there(row)} & after.keys()
    assert [row for row in after.values() if row[0] == "Ana" and row[1] >= "2026-07-29"] == []
    assert len({row[1] for row in after.values()}) == 56


@pytest.mark.django_db(transaction=True)
def test_a_plan_with_empty_cells_outside_keeps_them(made: Small) -> None:
    place_of_di = RotationAssignment.objects.get(schedule=made.draft, person__name="Di", period__number=1)
    place_of_di.delete()
    days = {"first": "2026-07-29", "last": "2026-08-25"}
    run = generate.perform(made.request(scope=PLAN, time_limit=30, remakes=days).pk)
    assert run.status == "succeeded"
    assert not RotationAssignment.objects.filter(schedule=made.draft, person__name="Di", period__number=1).exists()
    assert RotationAssignment.objects.filter(schedule=made.draft, person__name="Di", period__number=2).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("scope", "remakes", "words"),
    [
        (ROSTER, {"first": "2026-07-09", "last": "2026-07-01"}, "ends before it begins"),
        (ROSTER, {"first": "2027-07-09"}, "goes from Wed 1 Jul 2026 to Tue 25 Aug 2026: choose days within it"),
        (ROSTER, {"first": "tomorrow"}, "no choice of what to make anew"),
        (ROSTER, {"people": [0]}, "is not active in these days"),
        (ROSTER, {"rotations": ["XX"]}, "There is no rotation XX any more"),
        (ROSTER, {"rotations": ["CL"]}, "Nobody of those chosen is placed on Clinic from Wed 1 Jul 2026 to Tue 25 Aug"),
        (PLAN, {"first": "2026-07-02", "last": "2026-07-28"}, "No whole period lies in Thu 2 Jul 2026 to Tue 28 Jul"),
    ],
)
def test_what_cannot_be_made_anew_is_refused(small: Small, scope: str, remakes: dict[str, object], words: str) -> None:
    place(small.draft, small.ana, 1, small.ward)
    with pytest.raises(ValidationError, match=words):
        small.request(scope=scope, remakes=remakes)
    assert not GenerationRun.objects.exists()


@pytest.mark.django_db
def test_a_run_says_what_it_makes_anew_and_is_tried_again_with_it(small: Small) -> None:
    place(small.draft, small.ana, 1, small.ward)
    some = {"first": "2026-07-03", "last": "", "rotations": ["WA"], "people": [small.ana.pk]}
    run = small.request(scope=ROSTER, remakes=some)
    assert run.remakes == {"first": "2026-07-03", "rotations": ["WA"], "people": [small.ana.pk]}
    assert words(small.draft, run.remakes) == "from Fri 3 Jul 2026 on, on WA, Ana"
    run.status = GenerationRun.Status.FAILED
    run.save()
    assert generate.retry(run=run, user=small.coordinator).remakes == run.remakes
    assert small_words(small, {"first": "2026-07-03", "last": "2026-07-04"}) == "Fri 3 Jul 2026 to Sat 4 Jul 2026"
    assert small_words(small, {"last": "2026-07-04"}) == "until Sat 4 Jul 2026"
    assert small_words(small, {}) == ""


def small_words(small: Small, data: dict[str, object]) -> str:
    return words(small.draft, data)


@pytest.mark.django_db
def test_days_before_today_are_kept_where_the_year_is_under_way(small: Small) -> None:
    place(small.draft, small.ana, 1, small.ward)
    Schedule.objects.filter(pk=small.draft.pk).update(status="published", published_at="2026-06-01T12:00:00Z")
    small.draft.refresh_from_db()
    copy = new_draft(academic_year=small.year, user=None, based_on=small.draft)
    assert usual(copy, date(2026, 7, 20)) == Remakes(first=date(2026, 7, 20))
    assert usual(copy, date(2026, 7, 1)) == Remakes()  # nothing is over yet
    assert usual(copy, date(2026, 8, 26)) == Remakes()
    assert usual(make_schedule(small.year), date(2026, 7, 20)) == Remakes()
