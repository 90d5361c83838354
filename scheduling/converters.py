"""Months and days in addresses: 2026-11 and 2026-11-07. Anything else there is 404."""

from datetime import date

EARLIEST, LATEST = 1950, 2150


class MonthConverter:
    regex = r"\d{4}-\d{2}"

    def to_python(self, value: str) -> date:
        """The first day of the month. ValueError, which Django answers with 404, for no month of our time."""
        year, month = value.split("-")
        return _checked(date(int(year), int(month), 1))

    def to_url(self, value: date) -> str:
        return f"{value:%Y-%m}"


class DayConverter:
    """Addresses are made from dates, and from what JSON holds of them."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        """The day. ValueError, which Django answers with 404, for no day of our time."""
        return _checked(date.fromisoformat(value))

    def to_url(self, value: date | str) -> str:
        return value if isinstance(value, str) else value.isoformat()


def _checked(day: date) -> date:
    if not EARLIEST <= day.year <= LATEST:
        raise ValueError(f"{day} is not within {EARLIEST} to {LATEST}.")
    return day
