"""People become, on the day, what was recorded for it: the next level, or somebody who has left.

Schedules read what people were from standings, for any day. A person's own row says today's, and is what lists and
permissions go by; a worker brings it up to date every hour, since each program's day begins at its own midnight.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from people.models import Person, Program, Standing, record
from people.prepared import columns, instance, prepared
from people.rollover import ALWAYS, said

RANK = ("pgy_level", "track", "cohort", "part_time_share")
# Standings older than this have been read: a row that says otherwise was changed by hand since. Long enough for
# workers that stood still over a weekend.
RECENT = timedelta(days=7)


def turn_all() -> int:
    """Bring the people of all programs up to date; returns how many changed."""
    days = ((program, timezone.localdate(timezone=program.zone)) for program in Program.objects.all())
    return sum(turn(program=program, today=today, since=today - RECENT) for program, today in days)


def turn(*, program: Program, today: date, since: date) -> int:
    """Bring people up to date with the standings that began from `since` to `today`, and with their last days.

    One transaction; returns how many changed. Safe to repeat. What only a person's row said of the days before their
    first standing is kept in a standing of its own.
    """
    with transaction.atomic():
        people = list(Person.objects.active().filter(program=program).select_for_update(no_key=True).order_by("pk"))
        standings: dict[int, list[Standing]] = defaultdict(list)
        for row in Standing.objects.filter(person__program=program).order_by("from_date"):
            standings[row.person_id].append(row)
        moved, kept = [], []
        for person in people:
            own = standings[person.pk]
            begun = [row for row in own if row.from_date <= today]
            if begun and begun[-1].from_date >= since and (new := _new(person, begun[-1])):
                first = person.start_date or ALWAYS
                if first < own[0].from_date:
                    kept.append(Standing(person=person, from_date=first, **_rank(person)))
                for name, value in new.items():
                    setattr(person, name, value)
                moved.append(person)
        left = [person for person in people if person.end_date is not None and person.end_date < today]
        for person in left:
            person.is_active = False
        if moved or left:
            Standing.objects.bulk_create(kept)
            Person.objects.bulk_update({*moved, *left}, [*RANK, "is_active"])
            names = {"promoted or changed": [each.name for each in moved], "left": [each.name for each in left]}
            record(user=None, action="people turned", target=program, program=program, changes=names)
    return len({*moved, *left})


@prepared
def to_come(program: int, today: date) -> QuerySet[Any, Any]:
    """The columns of the standings of a program's people that begin after today."""
    rows = Standing.objects.filter(person__program=program, from_date__gt=today).order_by("from_date")
    return rows.values_list(*columns(Standing))


def coming(people: Iterable[Person], standings: Iterable[tuple[Any, ...]], today: date) -> dict[int, list[str]]:
    """By person's key, what is recorded for days to come, such as "PGY-3 from 1 Jul 2027"; `standings` as `to_come`
    has read them."""
    by_key = {person.pk: person for person in people}
    until = {key: _rank(person) for key, person in by_key.items()}
    found: dict[int, list[str]] = defaultdict(list)
    for row in (instance(Standing, values) for values in standings):
        if row.person_id not in by_key:
            continue
        what = [WORDS[name](value) for name, value in _rank(row).items() if value != until[row.person_id][name]]
        if what:
            found[row.person_id].append(f"{', '.join(what)} from {said(row.from_date)}")
        until[row.person_id] = _rank(row)
    for key, person in by_key.items():
        if person.start_date is not None and person.start_date > today:
            found[key].insert(0, f"starts {said(person.start_date)}")
        if person.end_date is not None and person.end_date >= today:
            found[key].append(f"until {said(person.end_date)}")
    return dict(found)


WORDS: dict[str, Callable[[Any], str]] = {
    "pgy_level": lambda level: f"PGY-{level}" if level else "no level",
    "track": lambda track: f"track {track}" if track else "categorical",
    "cohort": lambda cohort: f"cohort {cohort}" if cohort else "no cohort",
    "part_time_share": lambda share: f"part-time {share.normalize()}" if share != 1 else "full-time",
}


def _rank(row: Person | Standing) -> dict[str, object]:
    return {name: getattr(row, name) for name in RANK}


def _new(person: Person, standing: Standing) -> dict[str, object]:
    """What a standing says that the person's row does not; an unknown level says nothing."""
    own = _rank(person)
    return {name: value for name, value in _rank(standing).items() if value != own[name] and value is not None}
