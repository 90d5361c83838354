"""The public holidays of a program's country and state."""

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


def public_holidays(program: Program, first: date, last: date) -> dict[date, str]:
    """The holidays from first to last day, by date, with their names; none where the country or state is unknown."""
    found: dict[date, str] = {}
    for year in range(first.year, last.year + 1):
        found |= _of_year(program.holiday_country, program.holiday_subdivision, year)
    return {day: name for day, name in sorted(found.items()) if first <= day <= last}
