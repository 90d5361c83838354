"""The rows of the list of people as HTML: by templates they take several times as long as the page around them."""

from collections.abc import Iterable, Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from people.models import Person

NOTHING = "–"


def people_rows(people: Iterable[tuple[Person, Sequence[str]]]) -> SafeString:
    """A row for each person, with what is recorded of them for days to come."""
    return mark_safe("".join(_row(person, to_come) for person, to_come in people))  # noqa: S308 escaped where put in


def _row(one: Person, to_come: Sequence[str]) -> str:
    marks = (("chief", one.is_chief), ("left", not one.is_active))
    name = escape(one.name) + "".join(f' <span class="severity neutral">{mark}</span>' for mark, on in marks if on)
    level = f"{one.level_label} {escape(one.track)}" if one.track else one.level_label
    if to_come:
        level += f'<div><small class="muted">{escape("; ".join(to_come))}</small></div>'
    kind = one.get_type_display()
    if one.part_time_share != 1:
        kind += f' <small class="muted">part-time {one.part_time_share}</small>'
    email = f'<a href="mailto:{escape(one.email)}">{escape(one.email)}</a>' if one.email else NOTHING
    phone = f'<a href="tel:{escape(one.phone)}">{escape(one.phone)}</a>' if one.phone else NOTHING
    return (
        f'<tr><th scope="row">{name}</th><td>{level}</td><td>{kind}</td><td>{escape(one.cohort) or NOTHING}</td>'
        f'<td class="muted">{escape(one.code)}</td><td>{email}</td><td>{phone}</td></tr>'
    )
