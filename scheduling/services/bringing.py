"""What one version says otherwise, as changes of another one: pins, notes and overrides come along."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, Value

from scheduling.models import Assignment, Cover, Edit, RotationAssignment, Schedule
from scheduling.models.plan import Source
from scheduling.services.cells import Key, PlanKey
from scheduling.services.changes import Change, PlanChange
from scheduling.services.comparing import Differences


@dataclass(frozen=True, slots=True)
class _Held:
    """What a row says of itself, beside whose and when it is."""

    rotation: str
    role: str
    is_pinned: bool
    note: str
    override: str
    source: str


HELD = ("rotation__code", "role", "is_pinned", "note", "override", "source")
NOTHING = _Held("", "", is_pinned=False, note="", override="", source=Source.MANUAL.value)


def changes_of(source: Schedule, target: Schedule, found: Differences) -> list[Change | PlanChange]:
    """Changes that make `target` say in the cells found what `source` says (3 queries).

    Moving somebody in the plan releases what they work in that period: what stays the same there is said, too.
    """
    roster, plan = _roster(source, found), _plan(source, found)
    wanted: list[Change | PlanChange] = []
    for placed in found.placements:
        held = plan.get((placed.person, placed.period.number), NOTHING)
        wanted.append(
            PlanChange(
                placed.person,
                placed.period.number,
                placed.before,
                held.rotation or None,
                is_pinned=held.is_pinned,
                note=held.note,
                override=held.override,
                source=held.source,
            )
        )
    wanted += [_change(each.key, each.before, roster.get(each.key, NOTHING)) for each in found.assignments]
    known = {each.key for each in wanted}
    return wanted + [each for each in _staying(target, found) if each.key not in known]


def bring_covers(source: Schedule, made: Edit) -> None:
    """What `source` gave in cover is given by the new edit, too."""
    for cover in Cover.objects.filter(edit__schedule=source, edit__undone_at__isnull=True):
        cover.pk, cover.edit, cover.schedule = None, made, made.schedule
        cover._state.adding = True
        cover.save()


def _change(key: Key, before: str | None, held: _Held) -> Change:
    return Change(
        *key,
        before,
        held.rotation or None,
        held.role,
        is_pinned=held.is_pinned,
        note=held.note,
        override=held.override,
        source=held.source,
    )


def _roster(source: Schedule, found: Differences) -> Mapping[Key, _Held]:
    days = [each.date for each in found.assignments]
    if not days:
        return {}
    rows = Assignment.objects.filter(schedule=source, person__in={each.person for each in found.assignments})
    between: tuple[date, date] = (min(days), max(days))
    values = rows.between(*between).order_by().values_list("person_id", "block__date", "block__shift_type__code", *HELD)
    return {(person, day, shift): _Held(*held) for person, day, shift, *held in values}


def _plan(source: Schedule, found: Differences) -> Mapping[PlanKey, _Held]:
    if not found.placements:
        return {}
    rows = RotationAssignment.objects.filter(schedule=source, person__in={each.person for each in found.placements})
    named = ("rotation__code", "no_role", "is_pinned", "note", "override", "source")
    values = rows.annotate(no_role=Value("")).order_by().values_list("person_id", "period__number", *named)
    return {(person, number): _Held(*held) for person, number, *held in values}


def _staying(target: Schedule, found: Differences) -> list[Change]:
    """What is worked and not pinned in the periods of those who are moved, as changes that change nothing."""
    moved = [each for each in found.placements if each.before != each.after]
    if not moved:
        return []
    theirs = Q(pk__in=[])
    for each in moved:
        theirs |= Q(person=each.person, block__date__range=(each.period.start_date, each.period.end_date))
    rows = Assignment.objects.filter(theirs, schedule=target, is_pinned=False).order_by()
    values = rows.values_list("person_id", "block__date", "block__shift_type__code", *HELD)
    return [_change((person, day, shift), held[0], _Held(*held)) for person, day, shift, *held in values]
