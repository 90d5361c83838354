"""Give a block that somebody cannot work to somebody else."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from people.models import Person, User, record
from scheduling.models import Assignment, Cover, Edit, Schedule
from scheduling.services.backups import Held, Turn, leave_of, turns
from scheduling.services.candidate import BREAKS, Candidate
from scheduling.services.candidates import judge_one, taken
from scheduling.services.changes import Change
from scheduling.services.edit import change


@dataclass(frozen=True, slots=True)
class Covered:
    """What was done: the block as it was, who has it now, and the ledger's entry (None in a draft)."""

    turn: Turn
    covering: Person
    gives_up: tuple[str, ...]
    entry: Cover | None


def cover(
    *, schedule: Schedule, lost: Held, covering: int, user: User | None, gives_up: str | None = None, reason: str = ""
) -> Covered:
    """Move a block from the person who cannot work it to another, who gives up what cannot be worked beside it.

    `gives_up` is the candidate's token, as it was shown; None takes what is so now. A person on backup uses that up. In
    what is published, the ledger has it, and both are told. Raises ValidationError, in words, where anything is not as
    it was shown, and where it breaks a must and no reason is given.
    """
    with transaction.atomic():
        locked = Schedule.objects.select_for_update(of=("self",), no_key=True)
        schedule = locked.select_related("program", "academic_year").get(pk=schedule.pk)
        turn = _turn(schedule, lost)
        candidate = _candidate(schedule, turn, covering, gives_up=gives_up, reason=reason)
        changes = [
            Change(lost.person, lost.date, lost.shift, lost.rotation, None),
            *taken(covering, turn, candidate.changes),
        ]
        # Those touched are told this: who takes over, and nothing of why the other is away.
        why = f"{candidate.person} takes over from {turn.person}."
        title = f"{candidate.person} for {turn.person}: {turn.date:%a %-d %b}, {turn.words}"
        edit = change(schedule=schedule, user=user, changes=changes, reason=why, action="block covered", title=title)
        if candidate.verdict == BREAKS:
            _record_override(schedule, candidate, user, reason)
        entry = None
        if schedule.status == Schedule.Status.PUBLISHED:
            entry = _enter(edit, turn, candidate, user=user, reason=reason)
    return Covered(turn, candidate.person, tuple(candidate.gives_up), entry)


def _candidate(schedule: Schedule, turn: Turn, person: int, *, gives_up: str | None, reason: str) -> Candidate:
    """Who takes it, judged as things are now. Raises ValidationError where it cannot be given to them."""
    candidate = judge_one(schedule, turn, person, timezone.now())
    if candidate is None:
        name = Person.objects.filter(program=schedule.program, pk=person).values_list("name", flat=True).first()
        raise ValidationError(f"{name or 'Whoever was chosen'} cannot take this block any more: look at it again.")
    if gives_up is not None and gives_up != candidate.token:
        raise ValidationError(f"What {candidate.person} works has changed: look at it again. Nothing was changed.")
    if candidate.verdict == BREAKS and not reason.strip():
        raise ValidationError({"reason": f"Say why {candidate.person} works it all the same: {candidate.broken[0]}"})
    return candidate


def _enter(edit: Edit, turn: Turn, candidate: Candidate, *, user: User | None, reason: str) -> Cover:
    """Write it down in the ledger; it goes when the edit is undone."""
    return Cover.objects.create(
        program=edit.schedule.program,
        schedule=edit.schedule,
        edit=edit,
        absent=turn.person,
        covering=candidate.person,
        date=turn.date,
        shift=turn.words[:160],
        hours=turn.shift_type.hours,
        is_backup=candidate.is_on_backup,
        reason=reason.strip()[:300],
        created_by=user,
    )


def _turn(schedule: Schedule, lost: Held) -> Turn:
    """The block as it is now. Raises ValidationError where the person does not work it, or is not away, any more."""
    there = Assignment.objects.filter(schedule=schedule, block__date=lost.date, block__shift_type__code=lost.shift)
    found = turns(schedule.program, there.filter(person=lost.person, rotation__code=lost.rotation))
    for turn in found:
        if leave_of(turn):
            return turn
        raise ValidationError(
            f"{turn.person} is not away on {lost.date:%a %-d %b} any more, and works this block. Nothing was changed."
        )
    name = Person.objects.filter(program=schedule.program, pk=lost.person).values_list("name", flat=True).first()
    given = Cover.objects.standing().filter(schedule=schedule, absent=lost.person, date=lost.date)
    names = given.order_by("-pk").values_list("covering__name", flat=True)
    to = f" {names[0]} has it now." if names else ""
    raise ValidationError(
        f"{name or 'Somebody'} does not work this block on {lost.date:%a %-d %b} any more.{to} Nothing was changed."
    )


def _record_override(schedule: Schedule, candidate: Candidate, user: User | None, reason: str) -> None:
    record(
        user=user,
        action="rule overridden",
        target=schedule,
        program=schedule.program,
        changes={
            "schedule": schedule.number,
            "person": candidate.person.name,
            "broken": candidate.broken,
            "reason": reason.strip(),
        },
    )
