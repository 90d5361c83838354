"""Who may see and do what. Every view fetches a program through here: strangers get 404, never a hint."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet
from django.http import Http404

from people.models import Person, Program, User
from people.prepared import columns, instance, prepared

_OF_PERSON, _OF_PROGRAM = columns(Person), columns(Program)


@dataclass(frozen=True, slots=True)
class Entered:
    """A program that a user belongs to; the person that they are there, if any; whether they schedule it."""

    program: Program
    person: Person | None
    is_scheduler: bool


def enter(user: User, slug: str) -> Entered:
    """The program, if the user belongs to it (1 query). Raises Http404 for strangers as for a name that is not
    there."""
    for coordinates, *row in _program(slug, user.pk):
        program = instance(Program, row[: len(_OF_PROGRAM)])
        person = _made(row[len(_OF_PROGRAM) :], program, user)
        if user.role == User.Role.ADMIN or coordinates or person is not None:
            schedules = user.role == User.Role.COORDINATOR and coordinates
            is_chief = person is not None and person.is_chief and person.is_active
            return Entered(program, person, user.role == User.Role.ADMIN or bool(schedules or is_chief))
    raise Http404("There is no such program, or it is not yours to see.")


@prepared
def _program(slug: str, user: int) -> QuerySet[Any, Any]:
    coordinates = User.programs.through.objects.filter(user=user, program=OuterRef("pk"))
    me = FilteredRelation("people", condition=Q(people__user=user))
    rows = Program.objects.filter(slug=slug).order_by().annotate(coordinates=Exists(coordinates), me=me)
    return rows.values_list("coordinates", *_OF_PROGRAM, *columns(Person, "me__"))


def _made(row: Sequence[Any], program: Program, user: User) -> Person | None:
    """The person of these columns; None where there was none to join."""
    if row[_OF_PERSON.index("id")] is None:
        return None
    person = instance(Person, row)
    person.program, person.user = program, user
    return person


def visible_programs(user: User) -> QuerySet[Program]:
    """The programs that a user belongs to: all for an admin, else those they coordinate or are a person of."""
    if user.role == User.Role.ADMIN:
        return Program.objects.all()
    return Program.objects.filter(Q(coordinators=user) | Q(people__user=user)).distinct()


def person_of(user: User) -> Person | None:
    """The person that a user is, if any."""
    for row in _person(user.pk):
        return _made(row[: len(_OF_PERSON)], instance(Program, row[len(_OF_PERSON) :]), user)
    return None


@prepared
def _person(user: int) -> QuerySet[Any, Any]:
    rows = Person.objects.filter(user=user).order_by()
    return rows.values_list(*_OF_PERSON, *columns(Program, "program__"))


def can_schedule(user: User, program: Program) -> bool:
    """Whether a user makes this program's schedules: admins, its coordinators, its chiefs."""
    if user.role == User.Role.ADMIN:
        return True
    if user.role == User.Role.COORDINATOR and user.programs.filter(pk=program.pk).exists():
        return True
    return Person.objects.filter(user=user, program=program, is_chief=True, is_active=True).exists()


def get_program(user: User, slug: str) -> Program:
    """The program, if the user belongs to it. Raises Http404 for strangers as for a name that is not there."""
    return enter(user, slug).program


def get_program_to_schedule(user: User, slug: str) -> Program:
    """The program, if the user makes its schedules. Raises Http404 for everybody else."""
    entered = enter(user, slug)
    if not entered.is_scheduler:
        raise Http404(f"{entered.program} is not yours to schedule.")
    return entered.program


def schedulers_of(program: Program) -> QuerySet[User]:
    """Who is told of what has to be decided in a program: its coordinators and its chiefs."""
    chiefs = Q(person__program=program, person__is_chief=True, person__is_active=True)
    coordinators = Q(programs=program, role=User.Role.COORDINATOR)
    return User.objects.filter(chiefs | coordinators, is_active=True).distinct()
