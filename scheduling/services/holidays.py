"""The holidays of a program: the public ones of its country and state, less those it works, and its own."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import holidays

from people.models import Program


@lru_cache(maxsize=256)
def _of_year(country: str, subdivision: str, year: int) -> dict[date, str]:
    known = holidays.list_supported_countries()
    if country not in known or (subdivision and subdivision not in known[country]):
        return {}
    return dict(holidays.country_holidays(country, subdiv=subdivision or None, years=year))


def country_holidays(program: Program, first: date, last: date) -> dict[date, str]:
    """The holidays of the country and state from first to last day, by date; none where either is unknown."""
    found: dict[date, str] = {}
    for year in range(first.year, last.year + 1):
        found |= _of_year(program.holiday_country, program.holiday_subdivision, year)
    return {day: name for day, name in sorted(found.items()) if first <= day <= last}


def holiday_changes(program: Program) -> Mapping[date, str | None]:
    """The program's own word by date: the name of a holiday of its own, or None for a public one that it works.

    What stands in the column and is no such word (put there by hand) says nothing.
    """
    found: dict[date, str | None] = {}
    given = program.holiday_changes if isinstance(program.holiday_changes, dict) else {}
    for text, name in given.items():
        try:
            day = date.fromisoformat(text)
        except ValueError:
            continue
        if name is None or (isinstance(name, str) and name):
            found[day] = name
    return found


def public_holidays(program: Program, first: date, last: date) -> dict[date, str]:
    """The holidays that the program keeps from first to last day, by date, with their names."""
    found: dict[date, str | None] = {**country_holidays(program, first, last)}
    found |= {day: name for day, name in holiday_changes(program).items() if first <= day <= last}
    return {day: name for day, name in sorted(found.items()) if name is not None}
