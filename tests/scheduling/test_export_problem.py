"""A schedule as a problem file, and back."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from people.models import Program
from scheduling.services.problems import plan_problem, roster_problem
from scheduling.solver import files
from tests.factories import place
from tests.scheduling.small import Small

pytestmark = pytest.mark.django_db
NAME = "internal-medicine/1"


def test_the_file_reads_back_as_the_same_problem(small: Small, tmp_path: Path) -> None:
    place(small.draft, small.ana, 1, small.ward, pinned=True)
    said = StringIO()
    for kind in ("plan", "roster"):
        call_command("export_problem", NAME, kind=kind, out=tmp_path / kind, stdout=said)
    assert said.getvalue().splitlines() == [
        f"Draft 1 (2026), plan, written to {tmp_path / 'plan'}",
        f"Draft 1 (2026), roster, written to {tmp_path / 'roster'}",
    ]
    assert files.read_problem(tmp_path / "plan") == ("plan", plan_problem(small.draft))
    assert files.read_problem(tmp_path / "roster") == ("roster", roster_problem(small.draft))


def test_without_a_file_it_goes_to_the_terminal(small: Small) -> None:
    said = StringIO()
    call_command("export_problem", NAME, stdout=said)
    assert json.loads(said.getvalue())["kind"] == "plan"


def test_a_schedule_that_is_not_there(small: Small) -> None:
    for name in ("internal-medicine/9", "internal-medicine", "surgery/1"):
        with pytest.raises(CommandError, match=f"There is no schedule '{name}'; there are {NAME}."):
            call_command("export_problem", name)


def test_a_place_that_cannot_be_written(small: Small, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"there is no folder .*nowhere$"):
        call_command("export_problem", NAME, out=tmp_path / "nowhere" / "plan.json")
    with pytest.raises(CommandError, match="is there already and is not a file; expected the name of a file"):
        call_command("export_problem", NAME, out=tmp_path)


def test_settings_that_are_wrong(small: Small) -> None:
    Program.objects.update(rule_settings={"naps": True})
    with pytest.raises(CommandError, match="rule_settings has 'naps', which is not known"):
        call_command("export_problem", NAME)
