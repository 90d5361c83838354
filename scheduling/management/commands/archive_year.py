"""manage.py archive_year PROGRAM YEAR: moves the drafts and replaced versions of a year that is over to a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from people.models import Program
from scheduling.management.database import need_tables
from scheduling.models import AcademicYear
from scheduling.services import archive_file, archiving


class Command(BaseCommand):
    help = (
        "Moves the drafts, sandboxes and replaced versions of an academic year that is over out of the database into a "
        "file (manage.py restore_year puts them back); what was published stays as it was worked. Without --into it "
        "only says what it would do. Broken off, it is run again and completes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("program", help="the program's short name, as in its addresses: internal-medicine")
        parser.add_argument("year", help="the academic year, or the year in which it began: 2024-25 or 2024")
        parser.add_argument("--into", type=Path, metavar="FOLDER", help="do it, and write the file to this folder")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done, also with --into")

    def handle(self, *args: Any, **options: Any) -> None:
        need_tables()
        into: Path | None = options["into"]
        try:
            year = archiving.year_of(_program(options["program"]), options["year"])
            found = archiving.survey(year)
            self._say(year, found)
            if not found.moving and not found.closed:
                return
            if into is None or options["dry_run"]:
                self.stdout.write("Nothing was done. With --into FOLDER it is done.")
                return
            archiving.archive(year=year, folder=into, tell=self.stdout.write)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except (archive_file.CannotRead, archive_file.CannotWrite) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(self.style.SUCCESS(f"{year.program}, {year}: archived. Keep the file with your records."))

    def _say(self, year: AcademicYear, found: archiving.Archiving) -> None:
        say = self.stdout.write
        say(f"{year.program}, {year}, {year.start_date} to {year.end_date}")
        stays = ", ".join(f"version {each.number}" for each in found.staying) or "nothing"
        say(f"  stays as it was worked: {stays}")
        for what, versions in (("moves to a file", found.moving), ("is in a file, deletion goes on", found.closed)):
            for each in versions:
                kind = "sandbox" if each.is_what_if else each.get_status_display()
                say(f"  {what}: version {each.number}, {kind}")
        if not found.moving and not found.closed:
            say("  nothing is left to archive")
            return
        say("  " + ", ".join(f"{count:,} {name}" for name, count in found.rows.items() if count) + " with them")
        if found.covers_kept:
            say(f"  {found.covers_kept} covers given in them stay in the ledger")


def _program(slug: str) -> Program:
    found = Program.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(Program.objects.order_by("slug").values_list("slug", flat=True)) or "none yet"
        raise CommandError(f"There is no program {slug!r}; there are {known}.")
    return found
