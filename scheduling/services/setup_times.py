"""The hours of a shift type, and the blocks that carry them.

A block has its instants from when it was made. Where nobody works a block, it moves with the hours of its shift type.
Where people do, now or in the past, in what is published, in drafts or in archived versions, the hours stay: what was
worked would change, or shift type and blocks would tell different stories. New hours are a new shift type then.
"""

from django.core.exceptions import ValidationError
from django.db.models import Count, Max, Min

from scheduling.models import Assignment, Block, ShiftType

CHUNK = 500


def move_blocks(shift_type: ShiftType) -> None:
    """Give the blocks of a shift type its hours, if they have others. Raises ValidationError where people work them.

    Call it in the transaction that has saved the shift type.
    """
    blocks = list(Block.objects.filter(shift_type=shift_type).order_by("date"))
    moved = []
    for block in blocks:
        starts_at, ends_at = shift_type.instants(block.date)
        if (block.starts_at, block.ends_at) != (starts_at, ends_at):
            block.starts_at, block.ends_at = starts_at, ends_at
            moved.append(block)
    if not moved:
        return
    if told := worked(shift_type):
        raise ValidationError(
            {
                "start_time": f"{shift_type.name} is worked: {told} Their hours stay as they are. Copy it into a new "
                "shift type with the new hours, and name that in staffing."
            }
        )
    Block.objects.bulk_update(moved, ["starts_at", "ends_at"], batch_size=CHUNK)


def worked(shift_type: ShiftType) -> str:
    """How many blocks of it people work and when, as a sentence; blank for none (1 query)."""
    rows = Assignment.objects.filter(block__shift_type=shift_type)
    found = rows.aggregate(blocks=Count("block", distinct=True), first=Min("block__date"), last=Max("block__date"))
    if not found["blocks"]:
        return ""
    count = found["blocks"]
    days = f"{found['first']:%-d %b %Y} to {found['last']:%-d %b %Y}"
    return f"{count} block{'' if count == 1 else 's'}, {days}, {'has' if count == 1 else 'have'} people."
