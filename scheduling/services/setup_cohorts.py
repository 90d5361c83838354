"""Who is in a cohort in an academic year."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date

from django.db import transaction
from django.utils import timezone

from people.models import Person, Program, Standing, User, record
from people.rollover import ALWAYS, DAY
from people.standing import Ranks, ranks_of
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
        # In the order in which a worker brings people up to date: two who wait for one another would be stuck.
        list(Person.objects.filter(program=program).select_for_update(no_key=True).order_by("pk"))
        year, ranks = cohort.academic_year, ranks_of(program)
        today = timezone.localdate(timezone=program.zone)
        joined: dict[Person, str] = {}
        changes: dict[str, list[str]] = {}
        for person, was in people_of(cohort):
            becomes = cohort.name if person.pk in people else ("" if was == cohort.name else was)
            if becomes != was:
                joined[person] = becomes
                changes[person.name] = [was, becomes]
        if changes:
            _join(joined, year, ranks, today)
            record(user=user, action="people of a cohort changed", target=cohort, program=program, changes=changes)
            bump_schedules(program)
    return len(changes)


def _join(joined: Mapping[Person, str], year: AcademicYear, ranks: Ranks, today: date) -> None:
    """Be in these cohorts from the first to the last day of a year; today too, if that lies in it.

    What the years before and after are read by stays: what only a person's own row said of them is written down.
    """
    recorded: dict[int, set[date]] = defaultdict(set)
    for key, since in Standing.objects.filter(person__in=joined).values_list("person_id", "from_date"):
        recorded[key].add(since)
    after, made = year.end_date + DAY, []
    for person, cohort in joined.items():
        days, first = recorded[person.pk], person.start_date or ALWAYS
        kept = [first] if first < min([year.start_date, *days]) else []
        if ranks.cohort(person.pk, after) != cohort and (person.end_date is None or person.end_date >= after):
            kept.append(after)
        made += [_standing(person, day, ranks) for day in {year.start_date, *kept} - days]
    Standing.objects.bulk_create(made)
    for cohort in set(joined.values()):
        keys = [person.pk for person, name in joined.items() if name == cohort]
        within = Standing.objects.filter(person__in=keys, from_date__range=(year.start_date, year.end_date))
        within.update(cohort=cohort)
        if year.start_date <= today <= year.end_date:
            Person.objects.filter(pk__in=keys).update(cohort=cohort)


def _standing(person: Person, day: date, ranks: Ranks) -> Standing:
    """What somebody is read as on a day."""
    rank = ranks.on(person.pk, day)
    return Standing(
        person=person,
        from_date=day,
        pgy_level=rank.level or None,
        track=rank.track,
        cohort=ranks.cohort(person.pk, day),
        part_time_share=rank.share,
    )
