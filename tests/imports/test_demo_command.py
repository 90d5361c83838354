"""`manage.py demo`: the first start, a second one, one after an interruption, and one that fails."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from people.models import Program, User
from scheduling.management.commands import demo
from scheduling.models import GenerationRun, RotationAssignment, Schedule
from scheduling.services import generate
from scheduling.services.drafts import new_draft
from scheduling.services.imports import import_program
from scheduling.solver.progress import Progress
from tests.factories import make_user
from tests.imports.folders import make

TINY = {
    "program": "name,year_start,year_end\nTiny Medicine,2026-07-01,2026-08-25\n",
    "rotations": "code,name\nWA,Ward A\nEL,Elective\n",
    "shift_types": "code,name,start,hours\nDAY,Day,07:00,12\n",
    "staffing": "rotations,shift_type,weekdays,fewest,most\nWA,,,1,2\nWA,DAY,Mon-Fri,1,1\n",
    "curriculum": "level,rotations,fewest,most\n1,WA,1,1\n1,EL,0,2\n",
    "people": "code,name,pgy_level,username,chief\nR1,Amara Okafor,1,resident,no\nR2,Bilal Rahimi,1,chief,yes\n",
    "accounts": "username,first_name,last_name,role,coordinates\ncoordinator,Ruth,Calloway,coordinator,yes\n",
}


@pytest.fixture(autouse=True)
def _tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A demonstration that is made in a moment."""
    monkeypatch.setattr(demo, "FOLDER", make(tmp_path, TINY))


@pytest.fixture
def performed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """In place of the optimiser: the keys of the runs that it was asked to perform, each a success at once."""
    asked: list[int] = []

    def perform(run_pk: int, *, on_progress: Callable[[Progress], None]) -> GenerationRun:
        asked.append(run_pk)
        for phase, percent in (("plan", 10.0), ("plan", 20.0), ("roster", 60.0)):
            on_progress(Progress(phase, percent))
        run = GenerationRun.objects.get(pk=run_pk)
        year = run.schedule.academic_year
        program = year.program
        RotationAssignment.objects.create(
            schedule=run.schedule,
            person=program.people.get(code="R1"),
            period=year.periods.get(number=1),
            rotation=program.rotations.get(code="WA"),
        )
        GenerationRun.objects.filter(pk=run_pk).update(status=GenerationRun.Status.SUCCEEDED)
        return GenerationRun.objects.get(pk=run_pk)

    monkeypatch.setattr(generate, "perform", perform)
    return asked


def start() -> list[str]:
    """Start the demonstration; returns what it printed."""
    out = StringIO()
    call_command("demo", stdout=out)
    return out.getvalue().splitlines()


@pytest.mark.django_db(transaction=True)
def test_the_year_is_really_made_and_published() -> None:
    lines = start()
    assert lines[0].startswith("Importing Tiny Medicine from ")
    assert lines[1] == "Making the year of Tiny Medicine: the rotation plan, then who works when"
    assert "0 shortfalls, 0 violations of duty-hour rules" in lines
    schedule = Schedule.objects.get()
    assert (schedule.status, schedule.published_by) == ("published", User.objects.get(username="coordinator"))
    assert (schedule.rotation_assignments.count(), schedule.assignments.count()) == (4, 40)


@pytest.mark.django_db
def test_it_says_who_to_sign_in_as(performed: list[int]) -> None:
    assert start()[2:] == [
        "   10 %  Plan",
        "   60 %  Roster",
        "",
        "0 shortfalls, 0 violations of duty-hour rules",
        "",
        "Tiny Medicine is ready. Sign in with the password riverside-2026 as",
        "  coordinator  Ruth Calloway, coordinator",
        "  resident     Amara Okafor, resident",
        "  chief        Bilal Rahimi, chief resident",
        "",
    ]
    assert all(user.check_password("riverside-2026") for user in User.objects.all())


@pytest.mark.django_db
def test_it_never_opens_an_installation_with_its_well_known_password(performed: list[int]) -> None:
    make_user("somebody")
    with pytest.raises(CommandError, match=r"^This database has accounts already\. Give the demo one of its own"):
        start()
    assert (Program.objects.count(), User.objects.count()) == (0, 1)


@pytest.mark.django_db
def test_a_second_start_keeps_everything(performed: list[int]) -> None:
    start()
    chief = User.objects.get(username="chief")
    chief.set_password("my own password")
    chief.save()
    assert start()[1] == "Tiny Medicine is ready. Sign in with the password riverside-2026 as"
    chief.refresh_from_db()
    assert chief.check_password("my own password")
    assert (len(performed), Program.objects.count(), Schedule.objects.count()) == (1, 1, 1)


@pytest.mark.django_db
def test_a_run_that_was_killed_is_taken_up(performed: list[int], tmp_path: Path) -> None:
    year = import_program(folder=tmp_path).academic_year
    run = generate.request(schedule=new_draft(academic_year=year, user=None), user=None, enqueue=False)
    GenerationRun.objects.filter(pk=run.pk).update(status=GenerationRun.Status.RUNNING)
    start()
    assert performed == [run.pk]
    assert Schedule.objects.get().status == "published"


@pytest.mark.django_db
def test_a_year_that_was_made_is_only_published(performed: list[int], tmp_path: Path) -> None:
    year = import_program(folder=tmp_path).academic_year
    run = generate.request(schedule=new_draft(academic_year=year, user=None), user=None, enqueue=False)
    generate.perform(run.pk, on_progress=lambda progress: None)
    start()
    assert performed == [run.pk]
    assert Schedule.objects.get().status == "published"


@pytest.mark.django_db
def test_a_run_that_fails_says_why_and_is_asked_for_anew(performed: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    succeed = generate.perform

    def fail(run_pk: int, *, on_progress: Callable[[Progress], None]) -> GenerationRun:
        GenerationRun.objects.filter(pk=run_pk).update(status=GenerationRun.Status.FAILED, error="Out of ink.")
        return GenerationRun.objects.get(pk=run_pk)

    monkeypatch.setattr(generate, "perform", fail)
    with pytest.raises(CommandError, match=r"^The year was not made: Out of ink\.$"):
        start()
    monkeypatch.setattr(generate, "perform", succeed)
    start()
    assert GenerationRun.objects.count() == 2
    assert Schedule.objects.get().status == "published"


def test_a_terminal_sees_one_line_that_rewrites_itself() -> None:
    written: list[str] = []
    bar = demo._bar(lambda text, ending="\n": written.append(text + ending), live=True)
    bar(Progress("roster, 3 of 13 periods", 50))
    assert written == ["\r  [" + "#" * 15 + "-" * 15 + "]  50 %  0:00  " + f"{'roster, 3 of 13 periods':<40}"]
