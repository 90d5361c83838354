import csv
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils.text import capfirst

from people.models import Program, User
from scheduling.models import GenerationRun, Schedule
from scheduling.services import generate
from scheduling.services.drafts import new_draft
from scheduling.services.imports import import_program
from scheduling.services.publish import publish
from scheduling.solver.progress import Progress

FOLDER = Path(settings.BASE_DIR) / "demo"
PASSWORD = "riverside-2026"  # noqa: S105 (of accounts of people who do not exist, on the reader's own machine)
ACCOUNTS = ("admin", "coordinator", "chief", "resident", "faculty")
SECONDS = 240  # for the optimiser, which mostly needs a tenth of it; a busy machine is given the time it takes
BAR = 30


class Command(BaseCommand):
    help = (
        "Loads the demonstration program, makes its year and publishes it. What is there already is kept: run again, "
        "it says who to sign in as; interrupted, it takes up where it stopped."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        program = self._program()
        for username in ACCOUNTS:
            _let_in(username)
        if not Schedule.objects.filter(program=program).exclude(status=Schedule.Status.DRAFT).exists():
            self._publish_year(program)
        self._tell(program)

    def _program(self) -> Program:
        with (FOLDER / "program.csv").open(encoding="utf-8", newline="") as file:
            name = next(csv.DictReader(file))["name"]
        program = Program.objects.filter(name=name).first()
        if program is None:
            if User.objects.exists():
                # The demonstration's password is known to everybody: it must never open a real installation.
                raise CommandError("This database has accounts already. Give the demo one of its own (DB_NAME).")
            self.stdout.write(f"Importing {name} from {FOLDER}")
            program = import_program(folder=FOLDER).program
        return program

    def _publish_year(self, program: Program) -> None:
        """Generate and publish the program's first draft, which an earlier start may have left behind."""
        user = User.objects.get(username="coordinator")
        draft = Schedule.objects.filter(program=program).order_by("number").first()
        if draft is None:
            draft = new_draft(academic_year=program.academic_years.get(), user=user)
        last = draft.runs.first()
        if last is None or last.status != GenerationRun.Status.SUCCEEDED:
            # A run that was killed is still active: it is taken up. One that failed or was stopped is asked for anew.
            active = last if last is not None and last.is_active else None
            run = active or generate.request(schedule=draft, user=user, time_limit=SECONDS, enqueue=False)
            self.stdout.write(f"Making the year of {program}: the rotation plan, then who works when")
            bar = _bar(self.stdout.write, live=self.stdout.isatty())
            last = generate.perform(run.pk, on_progress=bar)
            self.stdout.write("")
            if last.status != GenerationRun.Status.SUCCEEDED:
                raise CommandError(f"The year was not made: {last.error or last.phase}")
        self._quality(last)
        publish(schedule=draft, user=user, note="The demonstration's year")

    def _quality(self, run: GenerationRun) -> None:
        musts = sum(1 for verdict in run.violations if verdict["force"] == "must")
        self.stdout.write(f"{len(run.shortfalls)} shortfalls, {musts} violations of duty-hour rules")

    def _tell(self, program: Program) -> None:
        self.stdout.write(self.style.SUCCESS(f"\n{program} is ready. Sign in with the password {PASSWORD} as"))
        for user in User.objects.filter(username__in=ACCOUNTS).select_related("person").order_by("pk"):
            what = "chief resident" if user.username == "chief" else user.get_role_display()
            self.stdout.write(f"  {user.username:12} {user.get_full_name()}, {what}")
        self.stdout.write("")


def _let_in(username: str) -> None:
    """Give a demonstration account its password, unless it has one."""
    user = User.objects.filter(username=username).first()
    if user is not None and not user.has_usable_password():
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])


def _bar(write: Callable[..., object], *, live: bool) -> Callable[[Progress], None]:
    """Shows progress in one line that rewrites itself; where nobody looks on, a line for each phase."""
    started = time.monotonic()
    shown = ""

    def tell(progress: Progress) -> None:
        nonlocal shown
        seconds = int(time.monotonic() - started)
        if live:
            full = round(BAR * progress.percent / 100)
            bar = "#" * full + "-" * (BAR - full)
            clock = f"{seconds // 60}:{seconds % 60:02}"
            write(f"\r  [{bar}] {progress.percent:3.0f} %  {clock}  {progress.phase:<40.40}", ending="")
        elif progress.phase != shown:
            shown = progress.phase
            write(f"  {progress.percent:3.0f} %  {capfirst(progress.phase)}")

    return tell
