"""Who is in a cohort in an academic year."""

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.utils import timezone

from people.models import Person, Program, Standing, User, record
from people.standing import Rank, ranks_of
from scheduling.models import AcademicYear, Cohort
from scheduling.services.cohorts import cohorts_on
from scheduling.services.setup_kinds import KINDS
from scheduling.services.setup_revisions import bump_schedules
from scheduling.services.setup_rows import held


def people_of(cohort: Cohort) -> list[tuple[Person, str]]:
    """The active people of the program in the cohort's year, each with their cohort when it begins (2 queries)."""
    year = cohort.academic_year
    rows = Person.objects.active().filter(program=year.program_id).employed_between(year.start_date, year.end_date)
    people = list(rows.order_by("-type", "pgy_level", "name"))
    cohorts = cohorts_on(people, year.start_date)
    return [(person, cohorts[person.pk]) for person in people]


def set_people(*, program: Program, user: User | None, pk: int, people: Collection[int]) -> int:
    """Let just these people, by key, be in a cohort for its whole year; returns how many changed.

    Who joins leaves the cohort they were in; whom the year's list does not have stays as they are. Other years keep
    theirs. Raises ObjectDoesNotExist where the program has no such cohort.
    """
    with transaction.atomic():
        program = Program.objects.select_for_update(no_key=True).get(pk=program.pk)
        cohort: Cohort = held(program, KINDS["cohorts"], pk)
        year, ranks = cohort.academic_year, ranks_of(program)
        today = timezone.localdate(timezone=program.zone)
        changes: dict[str, list[str]] = {}
        for person, was in people_of(cohort):
            becomes = cohort.name if person.pk in people else ("" if was == cohort.name else was)
            if becomes != was:
                _join(person, becomes, year, ranks.on(person.pk, year.start_date), today)
                changes[person.name] = [was, becomes]
        if changes:
            record(user=user, action="people of a cohort changed", target=cohort, program=program, changes=changes)
            bump_schedules(program)
    return len(changes)


def _join(person: Person, name: str, year: AcademicYear, rank: Rank, today: date) -> None:
    """Be in a cohort from the first to the last day of a year; today too, if that lies in it."""
    within = Standing.objects.filter(person=person, from_date__range=(year.start_date, year.end_date))
    within.update(cohort=name)
    Standing.objects.get_or_create(
        person=person,
        from_date=year.start_date,
        defaults={
            "pgy_level": rank.level or None,
            "track": rank.track,
            "cohort": name,
            "part_time_share": rank.share,
        },
    )
    if year.start_date <= today <= year.end_date:
        Person.objects.filter(pk=person.pk).update(cohort=name)
