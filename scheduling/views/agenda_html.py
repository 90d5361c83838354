"""The days of one's month as HTML. By a template, the 31 of them take several times as long as the page around them."""

from collections.abc import Sequence
from datetime import date

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from scheduling.models import Assignment, ShiftType
from scheduling.services.my_month import Entry, Turn

MONDAY = 0
NAMED = 2  # of those on with one; of the others their number is said


def agenda_html(entries: Sequence[Entry], today: date, slug: str) -> SafeString:
    """The items of the list: each day, after a heading where a week begins."""
    whys = {number: _why(slug, number) for number in {turn.why[0] for entry in entries for turn in entry.turns}}
    items = []
    for place, entry in enumerate(entries):
        if place == 0 or entry.day.date.weekday() == MONDAY:
            items.append(f'<li class="week">Week of {_said(entry.day.date)}</li>')
        is_today = entry.day.date == today
        for nth, turn in enumerate(entry.turns):
            items.append(_turn(entry.day.date, turn, whys[turn.why[0]], is_first=nth == 0, is_today=is_today))
        if not entry.turns:
            items.append(_off(entry, is_today=is_today))
    return mark_safe("\n".join(items))  # noqa: S308 escaped where put in


def _why(slug: str, number: int) -> str:
    """The address of the answers to "Why me?" in this version, but for the assignment's key and a slash."""
    return escape(reverse("why-me", args=[slug, number, 0]).removesuffix("0/"))


def _said(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def _date(day: date) -> str:
    return f"{day:%a}<b>{day.day}</b>"


def _turn(day: date, turn: Turn, why: str, *, is_first: bool, is_today: bool) -> str:
    with_whom = _with_whom(turn)
    return (
        f'<li class="{"today" if is_today else ""}"><span class="date">{_date(day) if is_first else ""}</span>\n'
        f"{_chip(turn)}\n"
        f'<span><span class="title"><span>{_title(turn)}</span>'
        f'<span class="time">{turn.starts_at:%H:%M}–{turn.ends_at:%H:%M}</span></span>\n'
        f"<small>{with_whom}{' · ' if with_whom else ''}"
        f'<a href="{why}{turn.why[1]}/" aria-label="Why me, {_said(day)}?">Why me?</a></small></span></li>'
    )


def _chip(turn: Turn) -> str:
    is_reachable = turn.role == Assignment.Role.BACKUP or turn.shift_type.duty != ShiftType.Duty.IN_HOUSE
    looks = (("night", turn.shift_type.is_night), ("reachable", is_reachable), ("pinned", turn.is_pinned))
    classes = "".join(f" {name}" for name, holds in looks if holds)
    return f'<span class="chip r{turn.rotation.colour}{classes}" aria-hidden="true">{escape(turn.rotation.code)}</span>'


def _title(turn: Turn) -> str:
    if turn.role == Assignment.Role.BACKUP:
        return "You are on backup"
    night = ", night" if turn.shift_type.is_night and not turn.rotation.is_night_float else ""
    role = "" if turn.role == Assignment.Role.PRIMARY else f", {turn.role}"
    return f"{escape(turn.rotation.name)}{night}{role}"


def _with_whom(turn: Turn) -> str:
    parts = []
    if turn.together:
        more = f" and {len(turn.together) - NAMED} more" if len(turn.together) > NAMED else ""
        parts.append(f"with {escape('; '.join(turn.together[:NAMED]))}{more}")
    if turn.supervisors:
        verb = "supervises" if len(turn.supervisors) == 1 else "supervise"
        parts.append(f"{escape('; '.join(turn.supervisors))} {verb}")
    return " · ".join(parts)


def _off(entry: Entry, *, is_today: bool) -> str:
    cell = entry.cell
    if cell.leave:
        letter, name = escape(cell.leave[:1].upper()), cell.leave_name
        what = (
            f'<span class="chip leave" aria-hidden="true">{letter}</span>'
            f"<span>{escape(name[:1].upper() + name[1:])}</span>"
        )
    else:
        holiday = f" · {escape(entry.day.holiday)}" if entry.day.holiday else ""
        what = f"<span></span><span>{'Post-call, off' if cell.is_post_call else 'Off'}{holiday}</span>"
    return (
        f'<li class="off{" today" if is_today else ""}"><span class="date">{_date(entry.day.date)}</span>\n{what}</li>'
    )
