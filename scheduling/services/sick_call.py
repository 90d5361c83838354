"""Whom a scheduler looks for when the telephone rings: those at work today, those of the next days, then the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from absences.models import Absence
from people.models import Person, Program
from scheduling.models import Assignment, Schedule

DAYS_AHEAD = 3
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Listed:
    """One person of the list: what they work next, in words, with the look of its chip; `away` on leave today."""

    pk: int
    name: str
    level: str
    when: str
    rotation: str
    code: str
    colour: int
    is_night: bool
    away: int | None


@dataclass(frozen=True, slots=True)
class Callers:
    """`today` are at work now or later today, `soon` in the next days, `others` not."""

    today: Sequence[Listed]
    soon: Sequence[Listed]
    others: Sequence[Listed]

    @property
    def count(self) -> int:
        return len(self.today) + len(self.soon) + len(self.others)


def callers(program: Program, now: datetime, name: str = "") -> Callers:
    """Everybody active whose name has these letters, residents first, by what they work next (3 queries).

    `now` is in the program's zone.
    """
    today = now.date()
    next_turns = _next_turns(program, now, today + DAYS_AHEAD * DAY)
    away = dict(
        Absence.objects.approved()
        .overlapping(today, today)
        .filter(person__program=program)
        .values_list("person_id", "pk")
    )
    found: tuple[list[Listed], list[Listed], list[Listed]] = ([], [], [])
    people = Person.objects.active().filter(program=program, name__icontains=name).employed_between(today, today)
    for person in people.order_by("-type", "name"):
        turn = next_turns.get(person.pk)
        listed = Listed(
            pk=person.pk,
            name=person.name,
            level=person.level_label,
            when=_when(turn, now) if turn else "",
            rotation=turn.rotation if turn else "",
            code=turn.code if turn else "",
            colour=turn.colour if turn else 1,
            is_night=turn.is_night if turn else False,
            away=away.get(person.pk),
        )
        found[2 if turn is None else 0 if turn.starts_at.date() <= today else 1].append(listed)
    return Callers(*found)


@dataclass(frozen=True, slots=True)
class _Next:
    starts_at: datetime
    ends_at: datetime
    rotation: str
    code: str
    colour: int
    is_night: bool


def _next_turns(program: Program, now: datetime, last: date) -> dict[int, _Next]:
    """By person, the block under way or the next one."""
    rows = Assignment.objects.filter(
        schedule__in=Schedule.objects.published().filter(program=program),
        block__date__range=(now.date() - DAY, last),
        block__ends_at__gt=now,
    )
    found: dict[int, _Next] = {}
    for person, starts_at, ends_at, rotation, code, colour, is_night in rows.order_by("block__starts_at").values_list(
        "person_id",
        "block__starts_at",
        "block__ends_at",
        "rotation__name",
        "rotation__code",
        "rotation__colour",
        "block__shift_type__is_night",
    ):
        zone = program.zone
        turn = _Next(starts_at.astimezone(zone), ends_at.astimezone(zone), rotation, code, colour, is_night)
        found.setdefault(person, turn)
    return found


def _when(turn: _Next, now: datetime) -> str:
    if turn.starts_at <= now:
        return f"now, until {turn.ends_at:%H:%M}"
    day = "" if turn.starts_at.date() == now.date() else f"{turn.starts_at:%a %-d %b}, "
    return f"{day}{turn.starts_at:%H:%M}–{turn.ends_at:%H:%M}"
