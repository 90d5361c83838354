"""The demonstration program: made the same each time, and imported without a complaint."""

from pathlib import Path

import pytest

from absences.models import Absence
from demo import make_demo
from people.models import Person
from scheduling.services.imports import import_program
from scheduling.services.plan_problem import plan_problem
from tests.factories import make_schedule

DEMO = Path(make_demo.__file__).parent


def test_the_script_writes_what_the_folder_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(make_demo, "HERE", tmp_path)
    make_demo.main()
    written = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    kept = {path.name: path.read_text(encoding="utf-8") for path in DEMO.glob("*.csv")}
    assert written == kept, "run python demo/make_demo.py"


@pytest.mark.django_db
def test_the_demonstration_is_imported() -> None:
    imported = import_program(folder=DEMO)
    assert {name: str(count) for name, count in imported.counts.items()} == {
        "program": "1 added",
        "academic year": "1 added",
        "shift_types": "5 added",
        "rotations": "15 added",
        "cross_cover": "28 added",
        "staffing": "61 added",
        "curriculum": "42 added",
        "sequence_rules": "9 added",
        "accounts": "5 added",
        "people": "66 added",
        "leave": "148 added",
        "preferences": "57 added",
        "placements": "11 added",
    }
    residents = Person.objects.residents()
    assert [residents.filter(pgy_level=level).count() for level in (1, 2, 3)] == [16, 16, 16]
    assert Person.objects.filter(type="faculty").count() == 18
    assert residents.filter(part_time_share__lt=1).count() == 1
    assert len({person.name for person in Person.objects.all()}) == 66
    assert Absence.objects.approved().count() == 137


@pytest.mark.django_db
def test_the_places_of_a_period_are_as_many_as_people() -> None:
    """The arithmetic of the folder: fewest people of all rotations fit the residents and faculty there are."""
    imported = import_program(folder=DEMO)
    problem = plan_problem(make_schedule(imported.academic_year))
    residents = {"PGY-1", "PGY-2", "PGY-3"}
    for period in range(13):
        there = [p for p in problem.people if p.group in residents and not p.is_away(period)]
        alone = [row for row in problem.staffing if row.groups is not None and row.groups <= residents]
        assert sum(row.fewest for row in alone) <= len(there)
