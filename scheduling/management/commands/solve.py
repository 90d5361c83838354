"""manage.py solve PROBLEM.json: solves a problem file of either kind, without a database."""

from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from scheduling.solver import files
from scheduling.solver.progress import Progress


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 1_000_000:
        raise ArgumentTypeError(f"{text!r}: expected a number of seconds above 0")
    return seconds


class Command(BaseCommand):
    help = "Solves a rotation plan or a roster from a problem file (docs/problem-files.md); needs no database."
    requires_system_checks: list[str] = []
    _told = ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("problem", type=Path, help="the problem file, JSON")
        parser.add_argument("--time-limit", type=_seconds, default=60.0, help="seconds (default 60)")
        parser.add_argument("--out", type=Path, help="where to write the solution, JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        out: Path | None = options["out"]
        try:
            if out is not None:
                files.check_place(out)
            kind, problem = files.read_problem(options["problem"])
            self._solve(kind, problem, options["time_limit"], out)
        except (files.BadFile, files.CannotWrite) as error:
            raise CommandError(str(error), returncode=1) from None

    def _solve(self, kind: str, problem: Any, time_limit: float, out: Path | None) -> None:
        form = files.form_of(kind)
        solution = form.solve(problem, time_limit=time_limit, on_progress=self._tell)
        if solution.status == "none" or (kind == "roster" and not solution.is_complete):
            told = f"no {kind} was found in {time_limit:g} seconds, nothing is written; try a longer --time-limit"
            raise CommandError(told, returncode=3)
        self.stdout.write(f"status: {solution.status}, {solution.seconds:.1f} s")
        self.stdout.write(
            f"objective {_number(solution.objective)}, bound {_number(solution.bound)}, gap {_share(solution.gap)}"
        )
        for line in form.report(problem, solution):
            self.stdout.write(line)
        if out is not None:
            files.write_json(out, form.solution_to_json(solution))
            self.stdout.write(f"written to {out}")

    def _tell(self, progress: Progress) -> None:
        """A line for what is new: solvers report more often than something changes that is shown."""
        line = (
            f"{progress.percent:3.0f} % {progress.phase}: objective {_number(progress.objective)}, "
            f"bound {_number(progress.bound)}, gap {_share(progress.gap)}"
        )
        if line != self._told:
            self.stdout.write(line)
        self._told = line


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.10g}"


def _share(value: float | None) -> str:
    return "unknown" if value is None else f"{100 * value:.2f} %"
