"""Changes of what is published, carried into the drafts made from it: publishing one of them must not undo these."""

from collections.abc import Iterator, Sequence

from scheduling.models import Schedule
from scheduling.services.cells import Cell, PlanCell
from scheduling.services.changes import PlanChange
from scheduling.services.generate import active_run
from scheduling.services.releasing import released
from scheduling.services.sheet import Sheet


def carry(published: Schedule, cells: Sequence[Cell | PlanCell]) -> Iterator[tuple[Sheet, list[Cell | PlanCell]]]:
    """The drafts, locked, each with the cells that it still says the same of as the published schedule did.

    A placement takes along what it releases in the draft, which may be other shifts than in what is published, and
    one that the draft has otherwise leaves the draft's shifts alone.
    """
    drafts = Schedule.objects.select_for_update(of=("self",), no_key=True).filter(
        pk__in=_made_from(published), status=Schedule.Status.DRAFT
    )
    for draft in drafts.select_related("program", "academic_year").order_by("pk"):
        if active_run(draft):
            continue  # it is being made anew, and the difference is shown before it is published
        sheet = Sheet(draft, (each.key for each in cells))
        # A block or period goes over whole or not at all: half of a move would leave two people there, or nobody.
        differs = {each.key[1:] for each in cells if sheet.state(each.key) != each.before}
        same = [each for each in cells if each.key[1:] not in differs]
        left = [each for each in cells if isinstance(each, PlanCell) and each.key[1:] in differs]
        same = [each for each in same if not _goes_with(sheet, each, left)]
        freed = _freed(draft, same)
        if freed:
            sheet = Sheet(draft, [each.key for each in same] + [each.key for each in freed])
            freed = [Cell(*each.key, sheet.state(each.key), None) for each in freed]
        if same:
            yield sheet, [*same, *freed]


def _made_from(published: Schedule) -> set[int]:
    """The keys of the drafts made from it, and of the copies and sandboxes made from those (1 query)."""
    rows = Schedule.objects.filter(program=published.program_id, status=Schedule.Status.DRAFT).order_by()
    base_of = dict(rows.values_list("pk", "based_on_id"))
    found: set[int] = set()
    newest = {published.pk}
    while newest := {draft for draft, base in base_of.items() if base in newest} - found:
        found |= newest
    return found


def _goes_with(sheet: Sheet, each: Cell | PlanCell, placements: Sequence[PlanCell]) -> bool:
    """Whether a shift is taken away by one of these placements."""
    if isinstance(each, PlanCell) or each.after is not None:
        return False
    periods = [sheet.periods[one.period] for one in placements if one.person == each.person]
    return any(period.covers(each.date) for period in periods)


def _freed(draft: Schedule, cells: Sequence[Cell | PlanCell]) -> list[Cell]:
    """What the placements among these cells release in the draft, besides the cells themselves."""
    known = {each.key for each in cells}
    placements = [
        PlanChange(
            each.person,
            each.period,
            each.before.rotation if each.before else None,
            each.after.rotation if each.after else None,
        )
        for each in cells
        if isinstance(each, PlanCell)
    ]
    changes = released(draft, placements)
    return [Cell(*each.key, None, None) for each in changes if each.key not in known]
