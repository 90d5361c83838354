"""The ledger of cover: who owes whom a shift, what is even, and who is called next."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max

from people.models import Person, Program
from people.standing import ranks_of
from scheduling.models import Assignment, Cover, Schedule, ShiftType
from scheduling.services.backups import IS_BACKUP, away_people, busy_people
from scheduling.services.staffing import Need, needs_of


@dataclass(frozen=True, slots=True)
class InQueue:
    """Somebody who can be called on a day. `balance` below 0: shifts that they owe; above: that they are owed."""

    person: Person
    level: str
    balance: int
    last_called: date | None
    is_on_backup: bool

    @property
    def words(self) -> str:
        return balance_words(self.balance)


def balance_words(balance: int) -> str:
    """A balance as people say it: "owes 2 shifts", "is owed 1 shift", "even"."""
    if not balance:
        return "even"
    shifts = f"{abs(balance)} shift{'' if abs(balance) == 1 else 's'}"
    return f"owes {shifts}" if balance < 0 else f"is owed {shifts}"


def balances(program: Program) -> Mapping[int, int]:
    """By person's key, the shifts worked for others less those that others worked for them, of what is owed (1 query).

    Their sum is 0; whoever is not in it is even.
    """
    pairs = (
        Cover.objects.standing()
        .filter(program=program, is_owed=True)
        .order_by()
        .values_list("covering_id", "absent_id")
    )
    found: Counter[int] = Counter()
    for covering, absent, count in pairs.annotate(count=Count("pk")):
        found[covering] += count
        found[absent] -= count
    return {person: balance for person, balance in found.items() if balance}


def settlements(program: Program) -> Mapping[int, int]:
    """Which covers are even with each other, by key: the first that one owes another with the first the other way
    round, and so on (1 query). An owed cover that is not in it has yet to be paid back."""
    waiting: dict[tuple[int, int], list[int]] = defaultdict(list)
    found: dict[int, int] = {}
    rows = Cover.objects.standing().filter(program=program, is_owed=True).order_by("pk")
    for key, covering, absent in rows.values_list("pk", "covering_id", "absent_id"):
        if earlier := waiting[absent, covering]:
            other = earlier.pop(0)
            found[key], found[other] = other, key
        else:
            waiting[covering, absent].append(key)
    return found


def queue(program: Program, schedule: Schedule, day: date) -> list[InQueue]:
    """Who is called on a day, in order (9 queries): whoever is on backup; then those who may be, owe most, and were
    called from backup longest ago. Left out are people on leave, at work in another shift, or after a night."""
    backup = set(
        Assignment.objects.filter(IS_BACKUP, schedule=schedule, block__date=day).values_list("person_id", flat=True)
    )
    unable = (busy_people(program, day) - backup) | away_people(program, day)
    owed, called = balances(program), _last_called(program)
    ranks, needs = ranks_of(program), _backup_needs(program)
    people = Person.objects.active().residents().filter(program=program).employed_between(day, day).order_by("name")
    found = [
        InQueue(
            person, ranks.on(person.pk, day).label, owed.get(person.pk, 0), called.get(person.pk), person.pk in backup
        )
        for person in people
        if person.pk not in unable
        and (person.pk in backup or not needs or any(need.counts(ranks.on(person.pk, day)) for need in needs))
    ]
    return sorted(found, key=lambda one: (not one.is_on_backup, one.balance, one.last_called or date.min))


def _last_called(program: Program) -> dict[int, date]:
    rows = Cover.objects.standing().filter(program=program, is_backup=True).order_by()
    return dict(rows.values_list("covering_id").annotate(last=Max("date")))


def _backup_needs(program: Program) -> list[Need]:
    backup = set(program.shift_types.filter(duty=ShiftType.Duty.BACKUP).values_list("pk", flat=True))
    return [need for need in needs_of(program) if need.shift_type in backup]
