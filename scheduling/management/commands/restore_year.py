"""manage.py restore_year FILE: puts back what archive_year moved to a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from scheduling.management.database import need_tables
from scheduling.services import archive_file
from scheduling.services.restoring import restore


class Command(BaseCommand):
    help = "Puts the versions that archive_year moved to a file back into the database, as they were."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the .jsonl.gz that archive_year wrote, its .sha256 beside it")

    def handle(self, *args: Any, **options: Any) -> None:
        need_tables()
        try:
            found = restore(path=options["file"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except archive_file.CannotRead as error:
            raise CommandError(str(error)) from error
        self.stdout.write(self.style.SUCCESS(f"Restored: {', '.join(map(str, found))}."))
