"""The schedule for admins: what it is made of, its versions and its runs. Actions call the services."""

from scheduling.admin import absences, calendar, catalog, requirements, runs, schedules

__all__ = ["absences", "calendar", "catalog", "requirements", "runs", "schedules"]
