"""What one's month begins with, read by one statement: who one is, what is published of these days, and the menu.

Its page names no program, so there is nothing that could be asked for before the person is known; three statements for
three rows would take a tenth of the page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, When

from people.access import Entered
from people.models import Person, Program, User
from people.navigation import SWITCH_LIMIT, MenuRow, is_menu_of, unread_and_waiting
from people.prepared import columns, instance, prepared
from scheduling.models import Schedule

_PROGRAM, _PERSON, _SCHEDULE = (columns(model) for model in (Program, Person, Schedule))
_MENU = ("pk", "name", "slug", "unread", "waiting")
_TO_MENU, _TO_PERSON = len(_PROGRAM), len(_PROGRAM) + len(_MENU)
_TO_SCHEDULE = _TO_PERSON + len(_PERSON)
_IS_COORDINATED = -1
# A year has one published version: of one's own program there are a few rows.
_MOST = 2 * SWITCH_LIMIT


@dataclass(frozen=True, slots=True)
class Own:
    """The program that somebody is a person of; what is published of it, in order; and the rows of the menu, as
    `people.navigation.frame` takes them."""

    entered: Entered
    person: Person  # that of `entered`
    schedules: Sequence[Schedule]
    menu: Sequence[MenuRow]


def read_own(user: User, first: date, last: date) -> Own | None:
    """Who this user is, and what is published of the days from first to last; None for nobody's person (1 query)."""
    is_admin = user.role == User.Role.ADMIN
    rows = (_of_admin if is_admin else _of_user)(user.pk, first, last)
    if not rows or rows[0][_TO_PERSON + _PERSON.index("id")] is None:
        return None
    here = rows[0]
    program = instance(Program, here[:_TO_MENU])
    person = instance(Person, here[_TO_PERSON:_TO_SCHEDULE])
    person.program, person.user = program, user
    coordinates = user.role == User.Role.COORDINATOR and here[_IS_COORDINATED]
    is_scheduler = is_admin or bool(coordinates or (person.is_chief and person.is_active))
    menu = {row[_TO_MENU]: row[_TO_MENU:_TO_PERSON] for row in rows}
    if not is_scheduler:  # what waits is nothing to them
        menu[program.pk] = (*menu[program.pk][:-1], None)
    return Own(
        entered=Entered(program, person, is_scheduler),
        person=person,
        schedules=_schedules([row[_TO_SCHEDULE:_IS_COORDINATED] for row in rows]),
        menu=list(menu.values())[: SWITCH_LIMIT + 1],
    )


def _schedules(rows: Sequence[Sequence[Any]]) -> list[Schedule]:
    """Those of these columns that were joined."""
    pk, start = _SCHEDULE.index("id"), _SCHEDULE.index("start_date")
    found = [row for row in rows if row[pk] is not None]
    return [instance(Schedule, row) for row in sorted(found, key=lambda row: row[start])]


@prepared
def _of_user(user: int, first: date, last: date) -> QuerySet[Any, Any]:
    return _rows(Program.objects.filter(is_menu_of(user)), user, first, last)


@prepared
def _of_admin(user: int, first: date, last: date) -> QuerySet[Any, Any]:
    return _rows(Program.objects.all(), user, first, last)


def _rows(programs: QuerySet[Program], user: int, first: date, last: date) -> QuerySet[Any, Any]:
    """Programs of the menu, one's own first: that once for each of its schedules, the others once, with none."""
    own = Person.objects.filter(user=user).order_by().values("program")
    shown = Q(
        schedules__program=Subquery(own[:1]),
        schedules__status=Schedule.Status.PUBLISHED,
        schedules__start_date__lte=last,
        schedules__end_date__gte=first,
    )
    told, waiting = unread_and_waiting(user, OuterRef("pk"))
    rows = programs.annotate(
        me=FilteredRelation("people", condition=Q(people__user=user)),
        shown=FilteredRelation("schedules", condition=shown),
        unread=told,
        waiting=Case(When(me__user=user, then=waiting)),
        coordinates=Exists(User.programs.through.objects.filter(user=user, program=OuterRef("pk"))),
    )
    values = (*_PROGRAM, *_MENU, *columns(Person, "me__"), *columns(Schedule, "shown__"), "coordinates")
    return rows.order_by(F("me__user").asc(nulls_last=True), "name").values_list(*values)[:_MOST]
