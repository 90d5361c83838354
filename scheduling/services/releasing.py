"""Whoever is moved in the plan is released from what they were to work there."""

from collections.abc import Sequence

from django.db.models import Q
from django.utils import timezone

from scheduling.models import Assignment, Period, Schedule
from scheduling.services.changes import Change, PlanChange


def released(schedule: Schedule, wanted: Sequence[Change | PlanChange]) -> list[Change]:
    """What placements that become others release, as changes.

    That is every assignment of the person in that period that is not pinned and not changed by itself; of what is
    published, and of drafts made from another version, only from today on: what is over was worked.
    """
    moved = [each for each in wanted if len(each.key) == 2 and each.before != each.after]
    if not moved:
        return []
    numbers = {each.key[1] for each in moved}
    periods = {
        period.number: period
        for period in Period.objects.filter(academic_year=schedule.academic_year_id, number__in=numbers)
    }
    first = schedule.start_date
    if schedule.status == Schedule.Status.PUBLISHED or schedule.based_on_id is not None:
        first = max(first, timezone.localdate(timezone=schedule.program.zone))
    theirs = Q(pk__in=[])
    for each in moved:
        if (period := periods.get(each.key[1])) is not None:
            days = max(first, period.start_date), period.end_date
            theirs |= Q(person=each.person, block__date__gte=days[0], block__date__lte=days[1])
    rows = Assignment.objects.filter(theirs, schedule=schedule, is_pinned=False)
    known = {each.key for each in wanted}
    return [
        Change(person=person, date=day, shift=shift, before=rotation, after=None)
        for person, day, shift, rotation in rows.order_by("block__date", "person").values_list(
            "person_id", "block__date", "block__shift_type__code", "rotation__code"
        )
        if (person, day, shift) not in known
    ]
