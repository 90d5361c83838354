"""What the frame of every page shows: the program, where one may go from here, and who one is."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, IntegerField, Subquery, Value
from django.urls import reverse

from people.access import can_schedule, person_of, visible_programs
from people.models import Person, Program, User
from people.notices import unread

SWITCH_LIMIT = 12  # more programs than this are chosen on the list of programs, not in a menu


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the top navigation, and of the bar at the foot of a phone."""

    section: str
    label: str
    url: str
    count: int = 0  # of what waits there


def items(program: Program, person: Person | None, *, scheduler: bool, waiting: int = 0) -> list[Item]:
    """The entries for somebody in a program, by what they do there. `waiting` requests are to be decided."""
    home = [Item("my", "My schedule", reverse("my-schedule"))] if person else []
    who = Item("on-call", "Who is on", reverse("on-call", args=[program.slug]))
    requests = reverse("requests", args=[program.slug])
    if not scheduler:
        schedule = Item("schedule", "Program schedule", reverse("month-now", args=[program.slug]))
        return [*home, who, Item("requests", "Requests", requests), schedule]
    return [
        Item("today", "Today", reverse("today", args=[program.slug])),
        *home,
        Item("schedule", "Schedule", reverse("month-now", args=[program.slug])),
        Item("requests", "Requests", requests, waiting),
        Item("people", "People", reverse("people", args=[program.slug])),
        who,
        Item("setup", "Setup", reverse("setup", args=[program.slug])),
    ]


def frame(user: User, program: Program | None, section: str) -> dict[str, Any]:
    """The context of base.html. `section` is the entry that is lit; `program` None where none is chosen yet.

    Four queries at most, whatever the size of the program.
    """
    person = person_of(user)
    scheduler = program is not None and can_schedule(user, program)
    visible = visible_programs(user).annotate(unread=unread(user), waiting=_waiting(program if scheduler else None))
    programs = list(visible[: SWITCH_LIMIT + 1])
    mine = person if program is None or (person and person.program_id == program.pk) else None
    waiting = (programs[0].waiting or 0) if programs else 0
    entries = items(program, mine, scheduler=scheduler, waiting=waiting) if program else []
    return {
        "program": program,
        "other_programs": [other for other in programs if other != program][:SWITCH_LIMIT],
        "has_more_programs": len(programs) > SWITCH_LIMIT,
        "person": person,
        "is_scheduler": scheduler,
        "navigation": entries,
        "unread": (programs[0].unread or 0) if programs else 0,
        "section": section,
    }


def _waiting(program: Program | None) -> Subquery | Value:
    """How many leave requests a program has to decide on, as a column; NULL for none."""
    if program is None:
        return Value(None, IntegerField())
    asked = Person.objects.filter(program=program, absences__status="requested").order_by()
    return Subquery(asked.values("program").annotate(count=Count("absences")).values("count"))
