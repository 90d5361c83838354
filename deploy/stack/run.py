"""All of it, started and stopped in order."""

import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

from deploy.stack.home import Home
from deploy.stack.processes import Process
from deploy.stack.programs import Programs, StackError, programs
from deploy.stack.servers import SITES, WORKERS, make_database, nginx, pgbouncer, postgresql, prometheus, redis_server
from deploy.stack.site import gunicorn, manage, worker

# Who is asked first ends first: no more requests, then what is under way, then what both need.
STOPS = ("nginx", *SITES, *WORKERS, "prometheus", "pgbouncer", "redis", "postgresql")
SHORT_LIFE = 3  # seconds; what ends sooner has something wrong with it, and starting it again would go on for ever


@dataclass(slots=True)
class Stack:
    """The running parts, by name."""

    home: Home
    programs: Programs
    parts: dict[str, Process] = field(default_factory=dict)
    started: dict[str, float] = field(default_factory=dict)
    held: ExitStack = field(default_factory=ExitStack)  # the folder, until `stop`

    def start(self, say: Callable[[str], object], *, size: str = "small", **options: str) -> None:
        """Start everything; options are PostgreSQL's. Raises StackError, after which `stop` ends what runs."""
        self.held.enter_context(self.home.prepared())
        say("PostgreSQL, PgBouncer and Redis")
        self.run(postgresql(self.home, self.programs, size, options), redis_server(self.home, self.programs))
        make_database(self.home)
        self.run(pgbouncer(self.home, self.programs))
        say("Migrations and static files")
        manage(self.home, "migrate", "--no-input", "--verbosity", "0")
        manage(self.home, "collectstatic", "--no-input", "--verbosity", "0")
        say("Two gunicorns, three workers, nginx and Prometheus")
        site = [gunicorn(self.home, name) for name in SITES]
        self.run(*site, *(worker(self.home, name) for name in WORKERS), prometheus(self.home, self.programs))
        self.run(nginx(self.home, self.programs))

    def run(self, *processes: Process) -> None:
        """Start these side by side and wait until each answers."""
        for process in processes:
            self.parts[process.name] = process
            self.restart(process.name)
        for process in processes:
            process.wait()

    def restart(self, name: str) -> None:
        """Start a part (again), and do not wait."""
        self.started[name] = time.monotonic()
        self.parts[name].start()

    def revive(self, say: Callable[[str], object]) -> None:
        """Start again what ended by itself, as whatever runs an installation does. Raises StackError for what ends as
        soon as it is started."""
        for name, part in self.parts.items():
            if part.alive:
                continue
            if time.monotonic() - self.started[name] < SHORT_LIFE:
                raise StackError(f"{name} ended as soon as it was started: see {part.log}.")
            say(f"{name} ended by itself: it is started again. Why it ended: {part.log}")
            self.restart(name)

    def stop(self) -> None:
        """End all that runs, in order; gunicorns and workers side by side."""
        together = [name for name in (*SITES, *WORKERS, "prometheus") if name in self.parts]
        for name in STOPS:
            if name == SITES[0]:
                for other in together:
                    with suppress(ProcessLookupError):
                        self.parts[other].ask_to_stop()
            if name in self.parts:
                self.parts[name].stop()
        self.held.close()


def stack(folder: Path, port: int, **settings: str) -> Stack:
    """A stack that has not been started. Raises StackError if a program is missing and cannot be installed."""
    return Stack(Home(folder.resolve(), port, settings), programs())
