"""What the frame of every page shows: the program, where one may go from here, and who one is."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from people.access import Entered, can_schedule, person_of
from people.models import Person, Program, User
from people.notices import unread
from people.prepared import prepared

SWITCH_LIMIT = 12  # more programs than this are chosen on the list of programs, not in a menu

# A program's key, name and slug; in the first row how many notices are unread and how many requests wait, if any.
type MenuRow = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the top navigation, and of the bar at the foot of a phone."""

    section: str
    label: str
    url: str
    count: int = 0  # of what waits there


class Other(NamedTuple):
    """A program in the menu of programs."""

    pk: int
    name: str
    slug: str


@lru_cache(maxsize=4096)
def _items(slug: str, *, person: bool, scheduler: bool, waiting: int) -> list[Item]:
    """The entries for somebody in a program, by what they do there. `waiting` requests are to be decided."""
    home = [Item("my", "My schedule", reverse("my-schedule"))] if person else []
    who = Item("on-call", "Who is on", reverse("on-call", args=[slug]))
    requests = reverse("requests", args=[slug])
    if not scheduler:
        schedule = Item("schedule", "Program schedule", reverse("month-now", args=[slug]))
        return [*home, who, Item("requests", "Requests", requests), schedule]
    return [
        Item("today", "Today", reverse("today", args=[slug])),
        *home,
        Item("schedule", "Schedule", reverse("month-now", args=[slug])),
        Item("requests", "Requests", requests, waiting),
        Item("people", "People", reverse("people", args=[slug])),
        who,
        Item("setup", "Setup", reverse("setup", args=[slug])),
    ]


def frame(
    user: User,
    program: Program | None,
    section: str,
    entered: Entered | None = None,
    menu: Sequence[MenuRow] | None = None,
) -> dict[str, Any]:
    """The context of base.html. `section` is the entry that is lit; `program` None where none is chosen yet.

    `face` is all that the frame shows of it, by which base.html remembers what it looks like: what it comes to show
    has to be in it.

    Three queries at most, whatever the size of the program; one where it was `entered`, none with the `menu` as well.
    """
    person = entered.person if entered else person_of(user)
    scheduler = entered.is_scheduler if entered else program is not None and can_schedule(user, program)
    rows = _menu(user, program.pk if program and scheduler else 0) if menu is None else menu
    programs = [Other(*row[:3]) for row in rows]
    mine = person if program is None or (person and person.program_id == program.pk) else None
    told, waiting = (rows[0][3] or 0, rows[0][4] or 0) if rows else (0, 0)
    key = program and program.pk
    is_here = mine is not None
    entries = _items(program.slug, person=is_here, scheduler=scheduler, waiting=waiting) if program else []
    me = (user.pk, str(user), user.role, user.is_staff, person is not None and person.is_chief)
    here = program and (program.pk, program.name, program.slug)
    return {
        "face": (me, here, section, is_here, scheduler, tuple(rows)),
        "program": program,
        "other_programs": [other for other in programs if other.pk != key][:SWITCH_LIMIT],
        "has_more_programs": len(programs) > SWITCH_LIMIT,
        "person": person,
        "is_scheduler": scheduler,
        "navigation": entries,
        "unread": told,
        "section": section,
    }


def _menu(user: User, program: int) -> Sequence[MenuRow]:
    return (_all_programs if user.role == User.Role.ADMIN else _programs)(user.pk, program)


@prepared
def _programs(user: int, program: int) -> QuerySet[Any, Any]:
    return _rows(Program.objects.filter(is_menu_of(user)), user, program)


@prepared
def _all_programs(user: int, program: int) -> QuerySet[Any, Any]:
    return _rows(Program.objects.all(), user, program)


def _rows(programs: QuerySet[Program], user: int, program: int) -> QuerySet[Any, Any]:
    told, waiting = unread_and_waiting(user, program)
    rows = programs.annotate(unread=told, waiting=waiting)
    return rows.values_list("pk", "name", "slug", "unread", "waiting")[: SWITCH_LIMIT + 1]


def is_menu_of(user: int) -> Q:
    """The programs that somebody coordinates or is a person of."""
    # By keys: each program is there once.
    mine = User.programs.through.objects.filter(user=user).values("program")
    own = Person.objects.filter(user=user).order_by().values("program")
    return Q(pk__in=mine) | Q(pk__in=own)


def unread_and_waiting(user: int, program: int | OuterRef) -> tuple[Subquery, Subquery]:
    """The user's unread notices and the leave requests that `program` has to decide on, as columns: NULL for none."""
    asked = Person.objects.filter(program=program, absences__status="requested").order_by()
    return unread(user), Subquery(asked.values("program").annotate(count=Count("absences")).values("count"))
