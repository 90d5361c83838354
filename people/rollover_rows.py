"""Reads people at the boundary of two academic years, and writes what was decided for them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from django.db.models import Q

from people.models import Person, Program, Standing
from people.rollover import ALWAYS, DAY, Change, Member, Newcomer, Stand


def members(program: Program, first: date, *, old_first: date, lock: bool = False) -> list[Member]:
    """Who is with the program on the first day of the new year or later unless decided otherwise (2 queries).

    Residents come first, by level and name. `old_first` is the first day of the year that ends. With `lock`, in a
    transaction, nobody else changes these people until its end.
    """
    rows = Person.objects.active().filter(Q(end_date__isnull=True) | Q(end_date__gte=first), program=program)
    if lock:
        rows = rows.select_for_update(no_key=True)
    stands: dict[int, list[Stand]] = defaultdict(list)
    for row in Standing.objects.filter(person__program=program).order_by("from_date"):
        stands[row.person_id].append(Stand(row.from_date, row.pgy_level, row.track, row.cohort, row.part_time_share))
    found = [_member(person, stands[person.pk], first, old_first) for person in rows.order_by("pk")]
    return sorted(found, key=lambda one: (not one.is_resident, one.before.level or 0, one.before.track, one.name))


def _member(person: Person, stands: Sequence[Stand], first: date, old_first: date) -> Member:
    own = Stand(first - DAY, person.pgy_level, person.track, person.cohort, person.part_time_share)
    past = [each for each in stands if each.since < first]
    before = past[-1] if past else own
    since = person.start_date or ALWAYS
    moved, level = None, own.level
    for number, each in enumerate(past):
        level = past[number - 1].level if number else own.level
        if each.level != level and old_first < each.since:
            moved = each.since
    return Member(
        pk=person.pk,
        code=person.code,
        name=person.name,
        is_resident=person.type == Person.Type.RESIDENT,
        before=before,
        recorded=[each for each in stands if each.since >= first],
        unrecorded=replace(own, since=since) if since < min([first, *(each.since for each in stands)]) else None,
        moved=moved,
        start=person.start_date,
        end=person.end_date,
        is_chief=person.is_chief,
    )


def write_changes(changes: Iterable[Change]) -> int:
    """Write standings and last days; returns how many standings there are new or changed (5 queries at most)."""
    made, end_dates = list(changes), {}
    fresh = [_row(each.member.pk, each.baseline) for each in made if each.baseline is not None]
    wanted = {(each.member.pk, stand.since): stand for each in made for stand, _old in each.standings}
    known = Standing.objects.filter(person__in={person for person, _ in wanted})
    changed = [row for row in known if (row.person_id, row.from_date) in wanted]
    for row in changed:
        stand = wanted.pop((row.person_id, row.from_date))
        row.pgy_level, row.track, row.cohort, row.part_time_share = stand.level, stand.track, stand.cohort, stand.share
    Standing.objects.bulk_update(changed, ["pgy_level", "track", "cohort", "part_time_share"])
    fresh += [_row(person, stand) for (person, _), stand in wanted.items()]
    Standing.objects.bulk_create(fresh)
    end_dates = {each.member.pk: each.end for each in made if each.end is not None}
    leaving = list(Person.objects.filter(pk__in=end_dates))
    for person in leaving:
        person.end_date = end_dates[person.pk]
    Person.objects.bulk_update(leaving, ["end_date"])
    return len(fresh) + len(changed)


def _row(person: int, stand: Stand) -> Standing:
    return Standing(
        person_id=person,
        from_date=stand.since,
        pgy_level=stand.level,
        track=stand.track,
        cohort=stand.cohort,
        part_time_share=stand.share,
    )


def write_newcomers(program: Program, newcomers: Iterable[Newcomer]) -> list[Person]:
    """Residents who join, with their first day. Their codes have to be free."""
    return Person.objects.bulk_create(
        Person(
            program=program,
            code=one.code,
            name=one.name,
            email=one.email,
            pgy_level=one.level,
            cohort=one.cohort,
            start_date=one.start,
        )
        for one in newcomers
    )
