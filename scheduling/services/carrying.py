"""Changes of what is published, carried into the drafts made from it: publishing one of them must not undo these."""

from collections.abc import Iterator, Sequence

from scheduling.models import Schedule
from scheduling.services.cells import Cell, PlanCell
from scheduling.services.generate import active_run
from scheduling.services.sheet import Sheet


def carry(published: Schedule, cells: Sequence[Cell | PlanCell]) -> Iterator[tuple[Sheet, list[Cell | PlanCell]]]:
    """The drafts, locked, each with the cells that it still says the same of as the published schedule did."""
    drafts = Schedule.objects.select_for_update(of=("self",), no_key=True).filter(
        pk__in=_made_from(published), status=Schedule.Status.DRAFT
    )
    for draft in drafts.select_related("program", "academic_year").order_by("pk"):
        if active_run(draft):
            continue  # it is being made anew, and the difference is shown before it is published
        sheet = Sheet(draft, (each.key for each in cells))
        # A block or period goes over whole or not at all: half of a move would leave two people there, or nobody.
        differs = {each.key[1:] for each in cells if sheet.state(each.key) != each.before}
        if same := [each for each in cells if each.key[1:] not in differs]:
            yield sheet, same


def _made_from(published: Schedule) -> set[int]:
    """The keys of the drafts made from it, and of the copies and sandboxes made from those (1 query)."""
    rows = Schedule.objects.filter(program=published.program_id, status=Schedule.Status.DRAFT).order_by()
    base_of = dict(rows.values_list("pk", "based_on_id"))
    found: set[int] = set()
    newest = {published.pk}
    while newest := {draft for draft, base in base_of.items() if base in newest} - found:
        found |= newest
    return found
