from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from scheduling.management.database import need_tables
from scheduling.services.imports import Imported, ImportRefused, import_program
from scheduling.services.imports.documentation import render


class Command(BaseCommand):
    help = "Brings a program in from a folder of CSV or XLSX files (docs/import.md): all of it or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, help="a folder of files, or one workbook")
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and write nothing")
        parser.add_argument("--program", default="", metavar="NAME", help="import under this name")
        parser.add_argument("--columns", action="store_true", help="print the description of all files, docs/import.md")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["columns"]:
            self.stdout.write(render(), ending="")
            return
        if options["folder"] is None:
            raise CommandError("Name the folder to import (or --columns for the description of its files).")
        need_tables()
        try:
            imported = import_program(folder=options["folder"], name=options["program"], dry_run=options["dry_run"])
        except ImportRefused as refused:
            for problem in refused.problems:
                self.stderr.write(str(problem))
            number = len(refused.problems)
            raise CommandError(f"{number} problem{'s' if number > 1 else ''}; nothing was imported.") from None
        self._report(imported, dry_run=options["dry_run"])

    def _report(self, imported: Imported, *, dry_run: bool) -> None:
        for name, count in imported.counts.items():
            if str(count) != "none":
                self.stdout.write(f"{name}: {count}")
        year = imported.academic_year
        place = f"{imported.program}, {year.start_date} to {year.end_date}"
        if dry_run:
            self.stdout.write(f"Nothing was written (dry run). It would be: {place}.")
        else:
            self.stdout.write(self.style.SUCCESS(f"Imported: {place}."))
