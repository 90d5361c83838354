"""The ledger of cover: who owes whom a shift, what is even, and who is called next."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone

from people.models import Person, Program, User, record
from people.standing import ranks_of
from scheduling.models import Assignment, Block, Cover, Schedule, ShiftType
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
    """Which covers are even with each other, by key: one that pays another back with that; of all else the first that
    one owes another with the first the other way round, and so on (1 query). An owed cover that is not in it has yet to
    be paid back."""
    owed = Cover.objects.standing().filter(program=program, is_owed=True).order_by("pk")
    rows = list(owed.values_list("pk", "covering_id", "absent_id", "pays_back_id"))
    keys = {key for key, *_ in rows}
    found: dict[int, int] = {}
    for key, *_, paid in rows:
        if paid in keys and paid not in found:
            found[key], found[paid] = paid, key
    waiting: dict[tuple[int, int], list[int]] = defaultdict(list)
    for key, covering, absent, _ in rows:
        if key in found:
            continue
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


def taken_back(program: Program, schedule: Schedule, today: date) -> list[Cover]:
    """The covers from today on for which a shift is owed, and which a version does not have: whoever covers does not
    work the shift in it, and it has not begun (1 query where nothing is owed, else 3). By date.
    """
    owed = Cover.objects.standing().filter(program=program, is_owed=True).exclude(schedule=schedule)
    days = owed.filter(date__gte=today, date__range=(schedule.start_date, schedule.end_date))
    found = list(days.select_related("absent", "covering", "edit").order_by("date", "pk"))
    if not found:
        return []
    rows = Assignment.objects.filter(schedule=schedule, block__date__in={cover.date for cover in found})
    works = {key for row in rows.select_related("rotation", "block__shift_type") for key in _worked(row)}
    begun = _begun(program, {cover.date for cover in found})
    return [
        cover
        for cover in found
        if not works & _given(cover) and not any(cover.shift.endswith(name) for name in begun[cover.date])
    ]


def take_back(*, program: Program, schedule: Schedule, user: User | None, today: date) -> list[Cover]:
    """Nothing is owed any more for the covers that a version takes back, as it is published; returns them.

    Call it in the transaction that publishes, with its schedules locked.
    """
    gone = taken_back(program, schedule, today)
    with transaction.atomic():
        held = Cover.objects.select_for_update(of=("self",)).filter(pk__in=[cover.pk for cover in gone], is_owed=True)
        covers = list(held.select_related("absent", "covering").order_by("date", "pk"))
        for cover in covers:
            cover.is_owed = False
            cover.save(update_fields=["is_owed"])
            reason = f"Version {schedule.number} is published, in which {cover.covering} does not work it."
            changes = {"is_owed": [True, False], "cover": str(cover), "reason": reason}
            record(user=user, action="cover taken back", target=cover, program=program, changes=changes)
    return covers


def taken_back_words(covers: Sequence[Cover]) -> str:
    """What becomes of these covers, in a sentence; blank for none."""
    if not covers:
        return ""
    return f"It takes back cover, for which nothing is owed then: {'; '.join(map(str, covers))}."


# Who works it, when, and which shift: the codes of rotation and shift type, or, without an edit, the ledger's words.
type _Key = tuple[int, date, str, str]


def _given(cover: Cover) -> set[_Key]:
    """What a cover gave, by its edit."""
    cells = cover.edit.cells if cover.edit else []
    codes = {
        (cover.covering_id, cover.date, each["after"]["rotation"], each["shift"])
        for each in cells
        if each["person"] == cover.covering_id and each.get("date") == cover.date.isoformat() and each["after"]
    }
    return codes or {(cover.covering_id, cover.date, cover.shift, "")}


def _worked(row: Assignment) -> Iterator[_Key]:
    shift_type = row.block.shift_type
    yield row.person_id, row.block.date, row.rotation.code, shift_type.code
    yield row.person_id, row.block.date, f"{row.rotation.name}, {shift_type.name.lower()}"[:160], ""


def _begun(program: Program, days: Collection[date]) -> Mapping[date, list[str]]:
    """By date, how the ledger's words end for the shifts that have begun."""
    found: dict[date, list[str]] = defaultdict(list)
    rows = Block.objects.filter(shift_type__program=program, date__in=days, starts_at__lte=timezone.now()).order_by()
    for day, name in rows.values_list("date", "shift_type__name"):
        found[day].append(f", {name.lower()}")
    return found
