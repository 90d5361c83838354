"""manage.py export_problem SCHEDULE: what the optimiser is told about a schedule, as a problem file."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from scheduling.management.database import need_tables
from scheduling.models import Schedule
from scheduling.services.problems import plan_problem, roster_problem
from scheduling.solver import files


class Command(BaseCommand):
    help = (
        "Writes a schedule as a problem file (docs/problem-files.md), which `manage.py solve` solves without a "
        "database: its rotation plan to be made, or its roster, given the plan that it has."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("schedule", help="the program's short name and the version's number: internal-medicine/7")
        parser.add_argument("--kind", choices=files.KINDS, default="plan", help="what is to be made (default plan)")
        parser.add_argument("--out", type=Path, help="where to write it; without it to the terminal")

    def handle(self, *args: Any, **options: Any) -> None:
        out: Path | None = options["out"]
        try:
            if out is not None:
                files.check_place(out)
            need_tables()
            self._export(_schedule(options["schedule"]), options["kind"], out)
        except files.CannotWrite as error:
            raise CommandError(str(error)) from None

    def _export(self, schedule: Schedule, kind: str, out: Path | None) -> None:
        try:
            problem = plan_problem(schedule) if kind == "plan" else roster_problem(schedule)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        data = files.form_of(kind).to_json(problem)
        if out is None:
            self.stdout.write(json.dumps(data, indent=1, ensure_ascii=False))
        else:
            files.write_json(out, data)
            self.stdout.write(f"{schedule}, {kind}, written to {out}")


def _schedule(name: str) -> Schedule:
    slug, _, number = name.rpartition("/")
    known = Schedule.objects.select_related("program", "academic_year")
    found = known.filter(program__slug=slug, number=int(number)).first() if number.isdecimal() else None
    if found is None:
        names = [f"{schedule.program.slug}/{schedule.number}" for schedule in known.order_by("program", "number")]
        raise CommandError(f"There is no schedule {name!r}; there are {', '.join(names) or 'none yet'}.")
    return found
