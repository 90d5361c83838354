"""Adding, changing, switching and ordering the sentences of a program's rules.

No schedule changes by it; what is checked by the rules is checked anew (see `setup_revisions`).
"""

from collections.abc import Mapping
from typing import Any, Literal

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import transaction
from django.db.models import Max, Model

from people.models import AuditLog, Program, User, record
from scheduling.models import Rotation, SequenceRule, ShiftType
from scheduling.services.setup_codes import require_not_kept
from scheduling.services.setup_kinds import HARD, LABELS, OFF, PRICED, Kind, state_of
from scheduling.services.setup_revisions import bump_schedules, hold_schedules
from scheduling.services.setup_times import move_blocks

HOURS = ("start_time", "hours")
USUAL_PRICE = 10.0  # of a rule that had none before


def save(
    *,
    program: Program,
    user: User | None,
    kind: Kind,
    pk: int | None,
    values: Mapping[str, Any],
    seen: Mapping[str, str] | None = None,
) -> Any:
    """Add a row (`pk` None) or change one; `values` are by field, rows of other tables as objects.

    `seen` is what the row said when it was shown: where it says something else by now, ValidationError tells what, and
    nothing is written. So it does for values that cannot be, for times of a shift type that people work, and for
    another code than one that is kept elsewhere.
    """
    with transaction.atomic():
        # Two who add or move rows at once wait for one another, or both would get the same place.
        program = Program.objects.select_for_update(no_key=True).get(pk=program.pk)
        row = _new(program, kind) if pk is None else held(program, kind, pk)
        before = {} if pk is None else snapshot(row)
        if seen is not None and pk is not None:
            _check_seen(row, before, seen, program)
        linked = {each.name for each in row._meta.many_to_many}
        _check_own(program, values)
        for name, value in values.items():
            if name not in linked:
                setattr(row, name, value)
        row.full_clean()
        if isinstance(row, Rotation | ShiftType) and before.get("code", row.code) != row.code:
            hold_schedules(program)
            require_not_kept(row, before["code"])
        row.save()
        for name in linked & values.keys():
            getattr(row, name).set(values[name])
        after = snapshot(row)
        if isinstance(row, ShiftType) and any(before.get(name, after[name]) != after[name] for name in HOURS):
            move_blocks(row)
        changed = {name: [before.get(name), after[name]] for name in after if before.get(name) != after[name]}
        if changed:
            action = f"{kind.one} {'added' if pk is None else 'changed'}"
            record(user=user, action=action, target=row, program=program, changes=changed)
            bump_schedules(program)
    return row


def switch(*, program: Program, user: User | None, kind: Kind, pk: int, state: str) -> Any:
    """Make a sentence hard, priced or off, as its kind allows. Raises ValidationError for any other state."""
    with transaction.atomic():
        row = held(program, kind, pk)
        if state not in kind.states(row):
            allowed = " or ".join(LABELS[each].lower() for each in kind.states(row)) or "left as it is"
            raise ValidationError(f"A {kind.one} can be {allowed}.")
        was = state_of(kind, row)
        if was == state:
            return row
        row.is_active = state != OFF
        fields = ["is_active"]
        if isinstance(row, SequenceRule) and state in (HARD, PRICED):
            price = row.price
            row.price = None if state == HARD else (price if price is not None else _earlier_price(row, program))
            fields.append("price")
            changes: dict[str, Any] = {"state": [was, state], "price": [price, row.price]}
        else:
            changes = {"state": [was, state]}
        row.save(update_fields=fields)
        record(user=user, action=f"{kind.one} switched", target=row, program=program, changes=changes)
        bump_schedules(program)
    return row


def move(*, program: Program, user: User | None, kind: Kind, pk: int, direction: Literal["up", "down"]) -> None:
    """Change places with the row above or below; at the end of the list nothing changes."""
    with transaction.atomic():
        program = Program.objects.select_for_update(no_key=True).get(pk=program.pk)
        rows = list(kind.rows(program).prefetch_related(None))
        place = next((place for place, row in enumerate(rows) if row.pk == pk), None)
        if place is None or not kind.has_order:
            raise ObjectDoesNotExist(f"There is no {kind.one} {pk} to move.")
        other = place - 1 if direction == "up" else place + 1
        if not 0 <= other < len(rows):
            return
        moved = rows[place]
        rows[place], rows[other] = rows[other], rows[place]
        for number, row in enumerate(rows, 1):
            row.position = number
        kind.model._default_manager.bulk_update(rows, ["position"])
        changes = {"position": [place + 1, other + 1]}
        record(user=user, action=f"{kind.one} moved", target=moved, program=program, changes=changes)
        bump_schedules(program)


def held(program: Program, kind: Kind, pk: int) -> Any:
    """The row, locked. Raises ObjectDoesNotExist where the program has none of this key."""
    rows = kind.model._default_manager.select_for_update(of=("self",), no_key=True)
    return rows.get(pk=pk, **{kind.program: program})


def snapshot(row: Model) -> dict[str, str]:
    """What a row says, field by field, as text that can be compared and kept."""
    found = {
        field.name: _text(getattr(row, field.name))
        for field in row._meta.concrete_fields
        if not field.primary_key and field.name not in ("program", "position", "is_active")
    }
    for link in row._meta.many_to_many:
        found[link.name] = ", ".join(sorted(str(other) for other in getattr(row, link.name).all()))
    return found


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, float) or value.__class__.__name__ == "Decimal":
        return f"{float(value):.12g}"
    return "" if value is None else str(value)


def _new(program: Program, kind: Kind) -> Any:
    row = kind.model()
    if kind.program == "program":
        row.program = program  # type: ignore[attr-defined]
    if kind.has_order:
        last = kind.rows(program).aggregate(last=Max("position"))["last"]
        row.position = (last or 0) + 1  # type: ignore[attr-defined]
    return row


def _check_own(program: Program, values: Mapping[str, Any]) -> None:
    """Whatever a row names is of the same program: forms offer nothing else."""
    for name, value in values.items():
        for each in value if isinstance(value, list | tuple) or hasattr(value, "model") else [value]:
            if getattr(each, "program_id", program.pk) != program.pk:
                raise ValidationError({name: f"{each} is not of {program}."})


def _check_seen(row: Model, now: Mapping[str, str], seen: Mapping[str, str], program: Program) -> None:
    different = [name for name in now if name in seen and seen[name] != now[name]]
    if not different:
        return
    target = f"{row._meta.verbose_name}:{row.pk}"
    last = AuditLog.objects.filter(program=program, target=target).select_related("user").first()
    by = str(last.user) if last and last.user else "Somebody"
    told = "; ".join(
        f"{row._meta.get_field(name).verbose_name} was {seen[name] or 'blank'}, is {now[name] or 'blank'} now"  # type: ignore[union-attr]
        for name in different
    )
    raise ValidationError(
        f"{by} changed this while you had it open: {told}. Nothing of yours is saved yet: save again if it is to be "
        "as below.",
        code="changed",
    )


def _earlier_price(row: SequenceRule, program: Program) -> float:
    """What it cost before it was made hard, as the record has it."""
    entries = AuditLog.objects.filter(program=program, target=f"{row._meta.verbose_name}:{row.pk}")
    for changes in entries.values_list("changes", flat=True)[:20]:
        was = (changes.get("price") or [""])[0]
        try:
            return float(was if was is not None else "")
        except (TypeError, ValueError):
            continue  # it was hard then too, or this is about something else
    return USUAL_PRICE
