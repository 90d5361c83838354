"""Sandboxes: a copy of a version to try something in, compared with it, and then adopted or dropped."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from people.models import AuditLog, Person, Program, User, record
from scheduling.models import Edit, Schedule
from scheduling.services import drafts
from scheduling.services.bringing import bring_covers, changes_of
from scheduling.services.cells import Key, PlanKey, cell_of
from scheduling.services.comparing import Differences, differences
from scheduling.services.edit import change
from scheduling.services.generate import active_run
from scheduling.services.sheet import MOST_CELLS

Status = Schedule.Status


def try_out(*, base: Schedule, user: User | None, note: str = "") -> Schedule:
    """A sandbox of a draft or of what is published. Raises ValidationError for an archived version."""
    if base.status == Status.ARCHIVED:
        raise ValidationError(f"{base} is archived: bring it back, or make a draft from it.")
    return drafts.new_draft(academic_year=base.academic_year, user=user, based_on=base, note=note, is_what_if=True)


def goes_into_draft(sandbox: Schedule) -> bool:
    """Whether adopting a sandbox changes the draft that it was made from; otherwise it becomes a draft itself."""
    return sandbox.based_on is not None and sandbox.based_on.status == Status.DRAFT


def keep(*, sandbox: Schedule, user: User | None) -> Schedule:
    """Make a sandbox a draft like any other. Raises ValidationError, in words, for what is no sandbox."""
    with transaction.atomic():
        sandbox = _held(sandbox)
        sandbox.is_what_if = False
        sandbox.save(update_fields=["is_what_if"])
        sandbox.bump()
        record(
            user=user,
            action="sandbox kept as a draft",
            target=sandbox,
            program=sandbox.program,
            changes={"number": sandbox.number},
        )
    return sandbox


def adopt(*, sandbox: Schedule, user: User | None) -> Edit:
    """Change the draft that a sandbox was made from to what the sandbox says, in one edit; the sandbox is gone then.

    What somebody has changed in the draft since, and nobody in the sandbox, stays as it is in the draft. Raises
    ValidationError, in words, where both changed the same cell, where the draft was generated since, where nothing
    differs or more than one edit can hold, and where the sandbox was made from no draft.
    """
    with transaction.atomic():
        # In the order in which everything takes locks: program, schedules, run.
        Program.objects.select_for_update(no_key=True).get(pk=sandbox.program_id)
        sandbox = _held(sandbox)
        base = sandbox.based_on
        if base is None or base.status != Status.DRAFT:
            raise ValidationError(f"{sandbox} was not made from a draft: keep it as a draft, and publish that.")
        found = _meant(sandbox, base)
        wanted = changes_of(sandbox, base, found)
        if not wanted:
            raise ValidationError(f"{sandbox} says the same as {base}: there is nothing to adopt. Drop it.")
        if len(wanted) > MOST_CELLS:
            raise ValidationError(
                f"{sandbox} differs from {base} in {len(wanted):,} cells, and one edit holds {MOST_CELLS:,}: keep it "
                "as a draft of its own instead."
            )
        title = f"Sandbox {sandbox.number} adopted{': ' if sandbox.note else ''}{sandbox.note}"
        made = change(schedule=base, user=user, changes=wanted, reason=title, title=title, action="sandbox adopted")
        bring_covers(sandbox, made)
        drafts.delete(schedule=sandbox, user=user)
    return made


def _held(sandbox: Schedule) -> Schedule:
    """The sandbox, locked with what it was made from, in the order in which everything locks schedules."""
    base = Schedule.objects.filter(pk=sandbox.pk).values("based_on")
    locked = Schedule.objects.select_for_update(of=("self",), no_key=True).filter(Q(pk=sandbox.pk) | Q(pk__in=base))
    rows = locked.select_related("program", "academic_year", "based_on__academic_year").order_by("-status", "pk")
    sandbox = next(each for each in rows if each.pk == sandbox.pk)
    if not sandbox.is_what_if:
        raise ValidationError(f"{sandbox} is no sandbox.")
    if active_run(sandbox):
        raise ValidationError(f"{sandbox} is being generated: wait for that to end, or cancel it.")
    return sandbox


def _meant(sandbox: Schedule, base: Schedule) -> Differences:
    """What the sandbox says otherwise than its base, less what was changed in the base since and not in the sandbox."""
    found = differences([base], sandbox, marks=True)
    made = _making(sandbox)
    if made is None:
        raise ValidationError(
            f"Nobody knows any more when {sandbox} was made, and so not what was changed in {base} since: keep the "
            "sandbox as a draft of its own."
        )
    revision = made.changes.get("revision", 0)
    if base.runs.filter(revision__gt=revision).exists():
        raise ValidationError(
            f"{base} was generated after {sandbox} was made from it: nearly everything may be another. Keep the "
            "sandbox as a draft of its own, or drop it and make a new one."
        )
    theirs = _touched(base, made)
    mine = None if sandbox.runs.filter(revision__isnull=False).exists() else _touched(sandbox, made)
    assignments, placements, both = [], [], []
    for each in found.assignments:
        if each.key not in theirs:
            assignments.append(each)
        elif each.key in mine if mine is not None else each.before != each.after:
            both.append((each.person, f"{each.date:%a %-d %b}, {each.shift}", each.before, each.after))
    for placed in found.placements:
        key = placed.person, placed.period.number
        if key not in theirs:
            placements.append(placed)
        elif key in mine if mine is not None else placed.before != placed.after:
            both.append((placed.person, str(placed.period), placed.before, placed.after))
    if both:
        raise ValidationError(_clash(base, both))
    return Differences(assignments, placements)


def _making(sandbox: Schedule) -> AuditLog | None:
    """The entry of when the sandbox was made."""
    rows = AuditLog.objects.filter(program=sandbox.program_id, action="draft made", target=f"schedule:{sandbox.pk}")
    return rows.order_by("pk").first()


def _touched(schedule: Schedule, since: AuditLog) -> set[Key | PlanKey]:
    """The cells that were written in a schedule after an entry; whatever writes cells enters them there."""
    rows = AuditLog.objects.filter(
        program=schedule.program_id, target=f"schedule:{schedule.pk}", created_at__gte=since.created_at, pk__gt=since.pk
    )
    found = rows.order_by().values_list("changes", flat=True)
    return {cell_of(cell).key for changes in found for cell in changes.get("cells", ())}


def _clash(base: Schedule, both: Collection[tuple[int, str, str | None, str | None]]) -> str:
    person, where, before, after = next(iter(both))
    name = Person.objects.filter(pk=person).values_list("name", flat=True).first()
    more = f" So do {len(both) - 1} more cells." if len(both) > 1 else ""
    differs = f"is {before or 'free'} there and {after or 'free'} in the sandbox"
    if before == after:
        differs = "has another pin, note or reason there than in the sandbox"
    return (
        f"{base} was changed since in what the sandbox changed, too: {name}, {where} {differs}.{more} "
        "Change one of them first. Nothing was changed."
    )
