"""What somebody who makes a program's schedule has to do next."""

from dataclasses import dataclass

from people.models import Person, Program
from scheduling.models import AcademicYear, Rotation, Schedule
from scheduling.services.generate import active_run


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: what, why, and the page where it is done, if there is one (a name and its argument)."""

    title: str
    words: str
    page: str = ""
    number: int | None = None
    button: str = ""


def next_step(program: Program, draft: Schedule | None, published: Schedule | None) -> Step | None:
    """The first of the things that stand between the program and a published schedule; None if nothing does."""
    if not Person.objects.filter(program=program).active().exists():
        return Step("Bring in the people", IMPORT)
    if not Rotation.objects.filter(program=program, is_active=True).exists():
        return Step(
            "Say which rotations there are",
            f"Add them in Setup, with what they need. Or all at once: {IMPORT[0].lower()}{IMPORT[1:]}",
            "setup-rotations",
            None,
            "Rotations",
        )
    if not AcademicYear.objects.filter(program=program).exists():
        return Step("Set up the academic year", "Its periods come with it.", "setup-years", None, "Academic years")
    if published and (draft is None or draft.number < published.number):
        return None  # an older draft is not waiting for anybody
    if draft is None:
        return _first_draft()
    if active_run(draft):
        return Step(
            f"Draft {draft.number} is being generated",
            "Watch how far it is, or do something else: it goes on without you.",
            "schedule",
            draft.number,
            "Watch",
        )
    if not draft.rotation_assignments.exists():
        return Step(
            f"Generate draft {draft.number}",
            "It is empty. Generating makes the rotation plan and the roster of the year, within the duty-hour rules.",
            "schedule",
            draft.number,
            "Generate…",
        )
    return Step(
        f"Review draft {draft.number}, then publish it",
        "Residents and faculty see it once it is published.",
        "schedule",
        draft.number,
        "Review",
    )


IMPORT = "Put them into spreadsheets and run: .venv/bin/python manage.py import_program FOLDER"


def _first_draft() -> Step:
    return Step(
        "Make the first draft",
        "A draft is yours to change. Nobody else sees it before you publish it.",
        "schedules",
        None,
        "New draft…",
    )
