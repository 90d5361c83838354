"""Who may see and do what. Every view fetches a program through here: strangers get 404, never a hint."""

from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from people.models import Person, Program, User


def visible_programs(user: User) -> QuerySet[Program]:
    """The programs that a user belongs to: all for an admin, else those they coordinate or are a person of."""
    if user.role == User.Role.ADMIN:
        return Program.objects.all()
    return Program.objects.filter(Q(coordinators=user) | Q(people__user=user)).distinct()


def person_of(user: User) -> Person | None:
    """The person that a user is, if any."""
    return Person.objects.filter(user=user).select_related("program").first()


def can_schedule(user: User, program: Program) -> bool:
    """Whether a user makes this program's schedules: admins, its coordinators, its chiefs."""
    if user.role == User.Role.ADMIN:
        return True
    if user.role == User.Role.COORDINATOR and user.programs.filter(pk=program.pk).exists():
        return True
    return Person.objects.filter(user=user, program=program, is_chief=True, is_active=True).exists()


def get_program(user: User, slug: str) -> Program:
    """The program, if the user belongs to it. Raises Http404 for strangers as for a name that is not there."""
    return get_object_or_404(visible_programs(user), slug=slug)


def get_program_to_schedule(user: User, slug: str) -> Program:
    """The program, if the user makes its schedules. Raises Http404 for everybody else."""
    program = get_program(user, slug)
    if not can_schedule(user, program):
        raise Http404(f"{program} is not yours to schedule.")
    return program


def schedulers_of(program: Program) -> QuerySet[User]:
    """Who is told of what has to be decided in a program: its coordinators and its chiefs."""
    chiefs = Q(person__program=program, person__is_chief=True, person__is_active=True)
    coordinators = Q(programs=program, role=User.Role.COORDINATOR)
    return User.objects.filter(chiefs | coordinators, is_active=True).distinct()
