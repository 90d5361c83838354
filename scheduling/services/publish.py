"""Make a draft what everybody sees."""

from collections.abc import Collection, Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from people.models import Program, User, record
from scheduling.models import Schedule
from scheduling.services import comparing
from scheduling.services.counted_on import require_note
from scheduling.services.cover_ledger import take_back
from scheduling.services.drafts import made_from
from scheduling.services.generate import active_run
from scheduling.services.taking_over import over, take_over
from scheduling.services.telling import tell_people


def publish(
    *, schedule: Schedule, user: User | None, note: str = "", seen: Collection[int] | None = None, anyway: bool = False
) -> Schedule:
    """Publish a draft; the published schedules that it takes the place of are archived.

    `note` replaces the schedule's note where it is given. What was worked by now stays as those say, in the draft, too.
    Raises ValidationError, in words, for anything but a draft, for an empty one, while it is being generated, where a
    published schedule covers days that the draft does not: they would be left without any, and, for `note`, where none
    is given and days within the lock window change. Those whose own schedule it changes from now on are told; where
    nothing was published for these days, everybody in it is. Of cover that it takes back nothing is owed any more.

    `seen` are the numbers of the published versions that the user was told it takes the place of: any other is refused.
    So is, unless `anyway`, a draft made from a version that was replaced since, which would take back what is new.
    """
    with transaction.atomic():
        # Publishing in a program waits for one another: two at once would each overlook the other. Everywhere, locks
        # are taken in the order program, schedules (published ones first), run; `no_key` lets rows that refer to them
        # be added meanwhile.
        program = Program.objects.select_for_update(no_key=True).get(pk=schedule.program_id)
        schedule, replaced = _hold(schedule)
        _check(schedule)
        for old in replaced:
            _check_covers(schedule, old)
        _check_seen(replaced, seen)
        if not anyway:
            _check_up_to_date(schedule, replaced)
        today = timezone.localdate(timezone=program.zone)
        kept = take_over(replaced, schedule, over(today))
        found = comparing.differences(replaced, schedule, since=today) if replaced else None
        if found is not None:
            require_note(replaced, schedule, found, note)
        _write(schedule, replaced, user, note, kept)
        take_back(program=program, schedule=schedule, user=user, today=today)
        _tell(schedule, found, note)
    return schedule


def replaced_by(schedule: Schedule) -> QuerySet[Schedule]:
    """What is published for days of a version, other than itself: what publishing it takes the place of."""
    published = Schedule.objects.published().filter(program=schedule.program_id).exclude(pk=schedule.pk)
    return published.filter(start_date__lte=schedule.end_date, end_date__gte=schedule.start_date)


def _hold(schedule: Schedule) -> tuple[Schedule, list[Schedule]]:
    """The schedule, and what is published for its days, locked: what is published first, as a change of it does."""
    locked = Schedule.objects.select_for_update(of=("self",), no_key=True).select_related(
        "academic_year", "program", "based_on"
    )
    rows = list(locked.filter(Q(pk=schedule.pk) | Q(pk__in=replaced_by(schedule))).order_by("-status", "pk"))
    held = next(each for each in rows if each.pk == schedule.pk)
    return held, [each for each in rows if each.pk != schedule.pk]


def _write(schedule: Schedule, replaced: list[Schedule], user: User | None, note: str, kept: int) -> None:
    Schedule.objects.filter(pk__in=[old.pk for old in replaced]).update(
        status=Schedule.Status.ARCHIVED, revision=F("revision") + 1
    )
    Schedule.objects.filter(pk=schedule.pk).update(
        status=Schedule.Status.PUBLISHED,
        revision=F("revision") + 1,
        note=note or schedule.note,
        published_by=user,
        published_at=timezone.now(),
    )
    # How many rows of the draft went or came so that what was worked stays as it was published.
    worked = {"rows_as_worked": kept} if kept else {}
    archived = [old.number for old in replaced]
    record(
        user=user,
        action="schedule published",
        target=schedule,
        program=schedule.program,
        changes={"number": schedule.number, "archived": archived, "note": note} | worked,
    )
    schedule.refresh_from_db()


def _tell(schedule: Schedule, found: comparing.Differences | None, note: str) -> None:
    if found is not None:
        told, places = comparing.sentences(schedule, found), comparing.places(schedule, found)
        tell_people(schedule, told, reason=note, places=places)
        return
    days = _days(schedule.start_date, schedule.end_date)
    people = set(schedule.rotation_assignments.values_list("person", flat=True))
    people |= set(schedule.assignments.order_by().values_list("person", flat=True).distinct())
    tell_people(schedule, {person: [f"The schedule of {days} is published."] for person in people}, reason=note)


def is_empty(schedule: Schedule) -> bool:
    """Whether nobody is placed and nobody works anything in it (2 queries at most)."""
    return not (schedule.rotation_assignments.exists() or schedule.assignments.exists())


def _check(schedule: Schedule) -> None:
    if schedule.status != Schedule.Status.DRAFT:
        raise ValidationError(f"{schedule} is not a draft: make a new draft from it and publish that.")
    if schedule.is_what_if:
        raise ValidationError(f"{schedule} is a sandbox: adopt it first.")
    if active_run(schedule):
        raise ValidationError(f"{schedule} is being generated: wait for that to end, or cancel it.")
    if is_empty(schedule):
        raise ValidationError(f"{schedule} is empty: generate it before you publish it.")


def _check_covers(schedule: Schedule, old: Schedule) -> None:
    if old.start_date < schedule.start_date or old.end_date > schedule.end_date:
        raise ValidationError(
            f"{old} is published for {_days(old.start_date, old.end_date)}, more days than {schedule} has "
            f"({_days(schedule.start_date, schedule.end_date)}): the others would be left without a schedule. "
            "Publish a draft that covers them all."
        )


def _check_seen(replaced: list[Schedule], seen: Collection[int] | None) -> None:
    if seen is not None and {old.number for old in replaced} != set(seen):
        now = ", ".join(map(str, replaced)) or "nothing"
        raise ValidationError(f"Meanwhile {now} is published for these days: look again at what this draft changes.")


def is_outdated(schedule: Schedule, replaced: Iterable[Schedule]) -> bool:
    """Whether a draft was made from a version that others have taken the place of since."""
    published, base = {old.pk for old in replaced}, made_from(schedule)
    return bool(published) and base is not None and base.pk not in published


def _check_up_to_date(schedule: Schedule, replaced: list[Schedule]) -> None:
    base = made_from(schedule)
    if base is not None and is_outdated(schedule, replaced):
        raise ValidationError(
            f"{schedule} was made from version {base.number}, and {', '.join(map(str, replaced))} was "
            "published since: it would take back what is new there. Bring it up to date first."
        )


def _days(first: date, last: date) -> str:
    return f"{first:%-d %b %Y} to {last:%-d %b %Y}"
