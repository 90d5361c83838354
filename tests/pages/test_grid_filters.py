"""What the grids are filtered by: rotation, level, cohort and name, as they are on the first day shown."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.models import Person, Standing
from people.standing import ranks_of
from scheduling.models import Rotation
from tests.factories import Wards, make_person, make_rotation, make_wards, place
from tests.pages.conftest import coordinator_of

pytestmark = pytest.mark.django_db
HOME = "/p/internal-medicine/"
MONTH, YEAR = f"{HOME}month/2026-11/", f"{HOME}year/"


@pytest.fixture
def cohorts(wards: Wards) -> Wards:
    """The first two residents are in cohort A, the last in B; the second was in B until Christmas."""
    Person.objects.filter(pk__in=[wards.people[0].pk, wards.people[1].pk]).update(cohort="A")
    Person.objects.filter(pk=wards.people[2].pk).update(cohort="B")
    second = wards.people[1]
    Standing.objects.create(person=second, from_date=date(2026, 7, 1), pgy_level=2, cohort="B")
    Standing.objects.create(person=second, from_date=date(2026, 12, 25), pgy_level=2, cohort="A")
    return wards


def shown(html: str) -> list[str]:
    return [name for name in ("Resident 000", "Resident 001", "Resident 002") if f'scope="row">{name}<' in html]


@pytest.mark.parametrize(
    ("page", "names"),
    [
        (f"{MONTH}?cohort=A", ["Resident 000"]),
        (f"{MONTH}?cohort=B", ["Resident 001", "Resident 002"]),
        (f"{HOME}month/2027-01/?cohort=A", ["Resident 000", "Resident 001"]),
        (f"{YEAR}?cohort=B", ["Resident 001", "Resident 002"]),
        (f"{YEAR}?cohort=B&level=3", ["Resident 002"]),
        (f"{MONTH}?cohort=B&name=01", ["Resident 001"]),
        (f"{MONTH}?cohort=B&rotation=WA", ["Resident 002"]),
        (f"{MONTH}?cohort=", ["Resident 000", "Resident 001", "Resident 002"]),
    ],
)
def test_by_the_cohort_of_the_first_day(cohorts, owner, read, page, names) -> None:
    assert shown(read(owner, page)) == names


def test_the_address_holds_it(cohorts, owner, read) -> None:
    html = read(owner, f"{MONTH}?cohort=B")
    assert '<option value="B" selected>B</option>' in html
    assert f'href="{HOME}year/?cohort=B"' in html
    assert f'href="{HOME}month/2026-12/?cohort=B"' in html
    assert owner.get(f"{HOME}month/?cohort=B").url == f"{MONTH}?cohort=B"


def test_readers_filter_too(cohorts, colleague, read) -> None:
    assert shown(read(colleague, f"{YEAR}?cohort=B")) == ["Resident 001", "Resident 002"]


def test_a_cohort_that_is_none_says_so(cohorts, owner, read) -> None:
    html = read(owner, f"{MONTH}?cohort=Z")
    assert "This program has no cohort Z: everybody is shown." in html
    assert len(shown(html)) == 3


def test_programs_without_cohorts_are_not_asked(wards, owner, read) -> None:
    html = read(owner, f"{MONTH}?cohort=Z")
    assert 'name="cohort"' not in html
    assert len(shown(html)) == 3


def test_a_cohort_or_a_level_that_somebody_was_once_in_can_be_chosen(cohorts, owner, read) -> None:
    Person.objects.update(cohort="C", pgy_level=3)
    html = read(owner, f"{MONTH}?cohort=B&level=2")
    assert shown(html) == ["Resident 001"]


def test_a_cohort_says_nothing_of_the_rank(cohorts) -> None:
    ranks = ranks_of(cohorts.program)
    second = cohorts.people[1].pk
    assert [ranks.cohort(second, day) for day in (date(2026, 6, 30), date(2026, 12, 24), date(2026, 12, 25))] == [
        "A",
        "B",
        "A",
    ]
    assert ranks.on(second, date(2026, 12, 24)) == ranks.on(second, date(2026, 12, 25))
    assert ranks.on(second, date(2026, 12, 24)).label == "PGY-2"


@pytest.mark.usefixtures("sessions_in_database")
@pytest.mark.parametrize("people", [1, 3])
def test_the_number_of_queries(people: int) -> None:
    wards = make_wards(people)
    Person.objects.update(cohort="A")
    client = coordinator_of(wards)
    found = []
    for page in (f"{MONTH}?cohort=A&level=1&rotation=WA&name=res", f"{YEAR}?cohort=A&level=1&rotation=WA&name=res"):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page).status_code == 200
        found.append(len(captured))
    # On PostgreSQL also whether what is kept of the set-up, twice, and of the problems still holds.
    kept = 3 if connection.vendor == "postgresql" else 0
    assert found == [19 + kept, 21 + kept]


def test_a_hue_that_is_given_again_has_a_second_look(wards, owner, read) -> None:
    make_rotation(wards.program, "OLD", colour=4, position=0, is_active=False)  # not in use: takes no hue
    make_rotation(wards.program, "NF", "Nights", colour=4, position=5, is_night_float=True)
    html = read(owner, MONTH)
    assert '<span class="chip r4" aria-hidden="true">ICU</span>Intensive care' in html
    assert '<span class="chip r4 night again" aria-hidden="true">NF</span>Nights' in html
    place(wards.schedule, make_person(wards.program, "Ada Park", 1), 5, Rotation.objects.get(code="NF"))
    assert '<span class="chip r4 night again" title="Nights">NF</span>' in read(owner, YEAR)
