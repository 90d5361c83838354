"""Jeopardy: calling in whoever is on backup, and paying back what is owed for it. What is owed: `cover_ledger`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from people.models import Person, User, record
from scheduling.models import Assignment, Cover, Edit, Schedule, ShiftType
from scheduling.rules import EditVerdicts, Verdict
from scheduling.services import judging
from scheduling.services.backups import IS_BACKUP, Held, Turn, asked_for, turns
from scheduling.services.cover_ledger import settlements
from scheduling.services.edit import Change, change
from scheduling.services.judging import Judge
from scheduling.services.staffing import Need, needs_of

PAY_BACK_DAYS = 60
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CallIn:
    """What calling somebody in would do: the changes, what they give up, and what the rules say of it."""

    lost: Turn
    backup: Turn
    changes: Sequence[Change]
    given_up: Sequence[str]
    verdicts: EditVerdicts


def activate(*, schedule: Schedule, lost: Held, backup: Held, user: User | None, reason: str = "") -> Cover:
    """Call in whoever is on backup: they take the block that another cannot work, and their backup is used up.

    What they work otherwise at that time, or may not work after it, is given up. Both are told, and the ledger has it;
    the reason is kept there, for schedulers. Raises ValidationError, in words, where anything is not as it was shown.
    """
    with transaction.atomic():
        schedule = _require_published(schedule)
        taken, standing = _turn(schedule, lost), _turn(schedule, backup, is_backup=True)
        if standing.person.pk == taken.person.pk:
            raise ValidationError(f"{taken.person} is away and on backup at once: nobody covers for themself.")
        if not standing.starts_at <= taken.starts_at < standing.ends_at:
            raise ValidationError(
                f"{standing.person} is on backup from {standing.starts_at:%a %-d %b, %H:%M} to "
                f"{standing.ends_at:%a %-d %b, %H:%M}, and {taken.words} on {taken.date:%a %-d %b} does not begin in "
                "that time."
            )
        changes = call_in(judging.load(schedule, taken.date - DAY, taken.date + DAY), taken, standing).changes
        why = f"{standing.person} was on backup and takes over from {taken.person}."
        title = f"{standing.person} called in for {taken.person}"
        edit = change(schedule=schedule, user=user, changes=changes, reason=why, action="backup called in", title=title)
        return _enter(edit, taken, standing.person, reason=reason, is_backup=True)


def call_in(judge: Judge, lost: Turn, backup: Turn) -> CallIn:
    """What `activate` would do; the judge has to have read the dates around the block."""
    person, one, other = backup.person.pk, lost.held, backup.held
    changes = [Change(one.person, one.date, one.shift, one.rotation, None)]
    if (one.date, one.shift) == (other.date, other.shift):  # they were on backup for this very block
        changes.append(Change(person, one.date, one.shift, other.rotation, one.rotation))
    else:
        changes += [
            Change(person, other.date, other.shift, other.rotation, None),
            Change(person, one.date, one.shift, None, one.rotation),
        ]
    given_up = _given_up(judge, person, lost)
    rotations = {each.code: each.name for each in judge.facts.rotations.values()}
    names = {each.code: each.name.lower() for each in judge.facts.shift_types.values()}
    changes += given_up
    return CallIn(
        lost=lost,
        backup=backup,
        changes=changes,
        given_up=[f"{rotations[str(each.before)]}, {names[each.shift]}, {each.date:%a %-d %b}" for each in given_up],
        verdicts=judge.change(changes)[person],
    )


def _given_up(judge: Judge, person: int, lost: Turn) -> list[Change]:
    """The person's blocks at the same time as this one, and those that may not follow it."""
    forbidden = {each.pk for each in judge.facts.shift_types[lost.shift_type.pk].not_followed_by.all()}
    found = []
    for (day, shift), turn in judge.turns.get(person, {}).items():
        is_work = judge.facts.shift_types[turn.shift_type].duty != ShiftType.Duty.BACKUP
        at_once = turn.starts_at < lost.ends_at and lost.starts_at < turn.ends_at
        after = day == lost.date + DAY and turn.shift_type in forbidden
        is_here = judge.facts.first <= day <= judge.facts.last
        if is_here and is_work and turn.role != Assignment.Role.BACKUP and (at_once or after):
            found.append(Change(person, day, shift, judge.facts.rotations[turn.rotation].code, None))
    return sorted(found, key=lambda each: (each.date, each.shift))


def pay_back(*, cover: Cover, block: Held, user: User | None, reason: str = "") -> Cover:
    """Whoever owes a shift takes one of the person who covered for them, and both are even.

    Raises ValidationError, in words, where nothing is owed any more, the block is not as it was shown, or the rules
    do not let them take it.
    """
    with transaction.atomic():
        cover = _require_owed(cover)
        schedule = Schedule.objects.published().covering(block.date).filter(program=cover.program_id).first()
        if schedule is None:
            raise ValidationError(f"Nothing is published for {block.date:%a %-d %b %Y}.")
        schedule = _require_published(schedule)
        if block.person != cover.covering_id:
            raise ValidationError(f"{cover.absent} owes {cover.covering} a shift, and nobody else.")
        taken = _turn(schedule, block)
        judge = judging.load(schedule, block.date, block.date)
        broken = [each.sentence for each in _verdicts(judge, cover.absent, taken) if each.is_violation]
        if broken:
            raise ValidationError(f"{cover.absent} cannot take it: {'; '.join(broken)}.")
        changes = [
            Change(block.person, block.date, block.shift, block.rotation, None),
            Change(cover.absent_id, block.date, block.shift, None, block.rotation),
        ]
        why = f"{cover.absent} pays back {cover.date:%a %-d %b %Y}."
        title = f"{cover.absent} pays {cover.covering} back"
        edit = change(schedule=schedule, user=user, changes=changes, reason=why, action="cover paid back", title=title)
        return _enter(edit, taken, cover.absent, reason=reason, is_backup=False)


def excuse(*, cover: Cover, user: User | None, reason: str) -> Cover:
    """Nothing is owed for this cover, as after a family emergency. Raises ValidationError where nothing is owed any
    more, and without a reason."""
    if not reason.strip():
        raise ValidationError("Say why nothing is owed: it stays in the record.")
    with transaction.atomic():
        cover = _require_owed(cover)
        cover.is_owed = False
        cover.save(update_fields=["is_owed"])
        changes = {"is_owed": [True, False], "cover": str(cover), "reason": reason.strip()}
        record(user=user, action="cover excused", target=cover, program=cover.program, changes=changes)
    return cover


def pay_back_choices(cover: Cover, now: datetime) -> list[Turn]:
    """The blocks of the next weeks that whoever owes this cover could take off the one who covered for them: those that
    staffing asks for and in which they count, when they are not away and the rules allow it."""
    program, today = cover.program, now.astimezone(cover.program.zone).date()
    until = today + PAY_BACK_DAYS * DAY
    asked, needs = asked_for(program), needs_of(program)
    found = []
    published = Schedule.objects.published().filter(program=program, start_date__lte=until, end_date__gte=today)
    for schedule in published.select_related("program", "academic_year").order_by("start_date"):
        rows = Assignment.objects.filter(schedule=schedule, person=cover.covering, block__starts_at__gt=now)
        later = rows.filter(block__date__gt=cover.date, block__date__lte=until)
        theirs = turns(program, later.exclude(IS_BACKUP))
        wanted = [turn for turn in theirs if (turn.rotation.pk, turn.shift_type.pk) in asked]
        if wanted:
            judge = judging.load(schedule, wanted[0].date, wanted[-1].date)
            found += [turn for turn in wanted if _could_take(judge, needs, cover.absent, turn)]
    return found


def _could_take(judge: Judge, needs: Iterable[Need], person: Person, turn: Turn) -> bool:
    if person not in judge.facts.people:
        return False
    rank = judge.facts.rank(person, turn.date)
    counts = any(
        need.shift_type == turn.shift_type.pk and turn.rotation.pk in need.rotations and need.counts(rank)
        for need in needs
    )
    away = judge.facts.leave_days(person, turn.date, turn.ends_at.date())
    if not counts or away or _is_close(judge, person, turn):
        return False
    return not any(each.is_violation for each in _verdicts(judge, person, turn))


def _is_close(judge: Judge, person: Person, turn: Turn) -> bool:
    """Whether the person works shortly before or after the block. The rules let two shifts in a row be one long one;
    nobody is asked for that to pay something back."""
    rule = judge.book.rule("rest")
    rest = timedelta(hours=rule.limit if rule else 0)
    return any(
        each.starts_at < turn.ends_at + rest and turn.starts_at < each.ends_at + rest
        for each in judge.turns.get(person.pk, {}).values()
        if judge.facts.shift_types[each.shift_type].duty != ShiftType.Duty.BACKUP
    )


def _verdicts(judge: Judge, person: Person, turn: Turn) -> Sequence[Verdict]:
    """What the rules say of somebody taking this block. Raises ValidationError for who is not in the schedule."""
    if person not in judge.facts.people:
        raise ValidationError(f"{person} is not with the program any more.")
    return judge.give(person.pk, (turn.date, turn.shift_type.code), turn.rotation.code).brought


def _enter(edit: Edit, taken: Turn, covering: Person, *, reason: str, is_backup: bool) -> Cover:
    return Cover.objects.create(
        program=edit.schedule.program,
        schedule=edit.schedule,
        edit=edit,
        absent=taken.person,
        covering=covering,
        date=taken.date,
        shift=taken.words[:160],
        hours=taken.shift_type.hours,
        is_backup=is_backup,
        reason=reason[:300],
        created_by=edit.user,
    )


def _require_published(schedule: Schedule) -> Schedule:
    """The schedule, locked. Raises ValidationError unless it is published."""
    locked = Schedule.objects.select_for_update(of=("self",), no_key=True)
    schedule = locked.select_related("program", "academic_year").get(pk=schedule.pk)
    if schedule.status != Schedule.Status.PUBLISHED:
        raise ValidationError(f"{schedule} is not what is published: cover is for what people work in truth.")
    return schedule


def _require_owed(cover: Cover) -> Cover:
    """The cover, with all between these two locked. Raises ValidationError where nothing is owed for it any more."""
    two = (cover.absent_id, cover.covering_id)
    between = Cover.objects.standing().select_for_update(of=("self",)).filter(absent__in=two, covering__in=two)
    found = {each.pk: each for each in between.select_related("program", "absent", "covering").order_by("pk")}
    if cover.pk not in found:
        raise ValidationError("This cover is not in the ledger any more.")
    cover = found[cover.pk]
    if not cover.is_owed:
        raise ValidationError(f"Nothing is owed any more for {cover}.")
    if cover.pk in settlements(cover.program):
        raise ValidationError(f"{cover} is even already.")
    return cover


def _turn(schedule: Schedule, held: Held, *, is_backup: bool = False) -> Turn:
    """The block as it is now. Raises ValidationError where it is not as it was shown."""
    rows = Assignment.objects.filter(
        schedule=schedule,
        person=held.person,
        block__date=held.date,
        block__shift_type__code=held.shift,
        rotation__code=held.rotation,
    )
    found = turns(schedule.program, rows.filter(IS_BACKUP) if is_backup else rows.exclude(IS_BACKUP))
    if not found:
        name = Person.objects.filter(program=schedule.program, pk=held.person).values_list("name", flat=True).first()
        what = "is not on backup" if is_backup else f"does not work {held.rotation}, {held.shift}"
        raise ValidationError(
            f"{name or 'Somebody'} {what} on {held.date:%a %-d %b} any more: look at it again. Nothing was changed."
        )
    return found[0]
