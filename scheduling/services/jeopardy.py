"""Jeopardy: calling in whoever is on backup, and paying back what is owed for it. What is owed: `cover_ledger`."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from absences.models import Absence
from people.models import Person, User, record
from scheduling.models import Assignment, Cover, Edit, Schedule
from scheduling.rules import Verdict
from scheduling.services import judging
from scheduling.services.backups import IS_BACKUP, Held, Turn, asked_for, leave_of, turns
from scheduling.services.changes import Change
from scheduling.services.cover import cover as give
from scheduling.services.cover_ledger import settlements
from scheduling.services.edit import change
from scheduling.services.judging import Judge
from scheduling.services.staffing import Need, needs_of

PAY_BACK_DAYS = 60
DAY = timedelta(days=1)


def activate(
    *,
    schedule: Schedule,
    lost: Held,
    backup: Held,
    user: User | None,
    gives_up: str | None = None,
    reason: str = "",
) -> Cover:
    """Call in whoever is on backup: they take the block that another cannot work, and their backup is used up.

    `gives_up` and `reason` are as in `cover`. Both are told, and the ledger has it. Raises ValidationError, in words,
    where anything is not as it was shown, and where it breaks a must and no reason is given.
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
        done = give(
            schedule=schedule, lost=lost, covering=standing.person.pk, user=user, gives_up=gives_up, reason=reason
        )
        assert done.entry is not None  # what is published has a ledger
        return _with_reason(done.entry, leave_of(taken))


def _with_reason(entry: Cover, leave: Absence | None) -> Cover:
    """Where nobody wrote why, the kind of the leave says it."""
    if leave is not None and not entry.reason:
        entry.reason = leave.get_kind_display().capitalize()
        entry.save(update_fields=["reason"])
    return entry


def pay_back(*, cover: Cover, block: Held, user: User | None, reason: str = "") -> Cover:
    """Whoever owes a shift takes one of the person who covered for them, and this cover is even.

    Raises ValidationError, in words, where nothing is owed any more, the block is not as it was shown, or the rules
    do not let them take it.
    """
    with transaction.atomic():
        # The schedules first, as everywhere: whoever undoes the cover at this moment holds the one that it is in.
        schedule = _lock_for(cover, block)
        cover = _require_owed(cover)
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
        return _enter(edit, taken, cover, reason=reason)


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
    """Whether the person works, or is on backup, shortly before or after the block. The rules let two shifts in a row
    be one long one; nobody is asked for that to pay something back."""
    rule = judge.book.rule("rest")
    rest = timedelta(hours=rule.limit if rule else 0)
    return any(
        each.starts_at < turn.ends_at + rest and turn.starts_at < each.ends_at + rest
        for each in judge.turns.get(person.pk, {}).values()
    )


def _verdicts(judge: Judge, person: Person, turn: Turn) -> Sequence[Verdict]:
    """What the rules say of somebody taking this block. Raises ValidationError for who is not in the schedule."""
    if person not in judge.facts.people:
        raise ValidationError(f"{person} is not with the program any more.")
    return judge.give(person.pk, (turn.date, turn.shift_type.code), turn.rotation.code).brought


def _enter(edit: Edit, taken: Turn, paid: Cover, *, reason: str) -> Cover:
    return Cover.objects.create(
        program=edit.schedule.program,
        schedule=edit.schedule,
        edit=edit,
        absent=taken.person,
        covering=paid.absent,
        pays_back=paid,
        date=taken.date,
        shift=taken.words[:160],
        hours=taken.shift_type.hours,
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


def _lock_for(cover: Cover, block: Held) -> Schedule:
    """What is published for the block, locked, and with it the schedule in which the cover was given and can be undone.

    Raises ValidationError where nothing is published for that day.
    """
    paying = Schedule.objects.published().covering(block.date).filter(program=cover.program_id)
    given = Edit.objects.filter(covers=cover)
    rows = Schedule.objects.filter(Q(pk__in=paying.values("pk")) | Q(pk__in=given.values("schedule")))
    locked = rows.select_for_update(of=("self",), no_key=True).order_by("-status", "pk")
    for schedule in locked.select_related("program", "academic_year"):
        if schedule.status == Schedule.Status.PUBLISHED and schedule.start_date <= block.date <= schedule.end_date:
            return schedule
    raise ValidationError(f"Nothing is published for {block.date:%a %-d %b %Y}.")


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
