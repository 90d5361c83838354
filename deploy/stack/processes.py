"""A server as a process that can be started, stopped and killed by itself."""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

from deploy.stack.programs import StackError

STARTS = 60  # seconds that a server may take to answer; on a busy machine some take ten
PR_SET_PDEATHSIG = 1  # prctl(2)


@dataclass(slots=True)
class Process:
    """One server. `user` is whom it runs as, None for ourselves; `stop_signal` asks it to finish what is under way."""

    name: str
    command: list[str]
    log: Path
    ready: Callable[[], bool]
    environment: dict[str, str]
    user: str | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 30
    child: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start it, in a session of its own, so that Ctrl-C comes to us alone and each server is told once."""
        with self.log.open("ab") as output:
            own(self.log, self.user)
            self.child = subprocess.Popen(
                self.command,
                env=self.environment,
                cwd=self.log.parent.parent,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=self.user,
                group=group(self.user),
                extra_groups=None if self.user is None else [],
                preexec_fn=partial(end_with_parent, self.stop_signal) if sys.platform == "linux" else None,
            )

    def wait(self) -> None:
        """Return once it answers. Raises StackError with the end of its log if it does not come to that."""
        deadline = time.monotonic() + STARTS
        while not self.ready():
            if not self.alive or time.monotonic() > deadline:
                said = self.log.read_text(errors="replace").strip().splitlines()[-3:] or ["it said nothing"]
                raise StackError(f"{self.name} did not start: {' / '.join(said)} (see {self.log}).")
            time.sleep(0.05)

    @property
    def alive(self) -> bool:
        return self.child is not None and self.child.poll() is None

    @property
    def pid(self) -> int:
        """Raises StackError if it has not been started."""
        if self.child is None:
            raise StackError(f"{self.name} has not been started.")
        return self.child.pid

    def ask_to_stop(self) -> None:
        if self.alive and self.child:
            self.child.send_signal(self.stop_signal)

    def stop(self) -> None:
        """Ask it to end and wait; after `grace` seconds it is ended with all that it started."""
        self.ask_to_stop()
        if self.child is None:
            return
        try:
            self.child.wait(self.grace)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it and all that it started at once, as when the machine has no memory left."""
        if self.alive and self.child:
            os.killpg(self.child.pid, signal.SIGKILL)
            self.child.wait()


def end_with_parent(number: signal.Signals) -> None:
    """Have this process sent the signal when the one that started it ends, however it ends: a launcher that is killed
    leaves no servers behind whose ports and folder the next one could not use."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(number))


@cache
def unprivileged_user() -> str | None:
    """Whom the servers run as: PostgreSQL and PgBouncer refuse to be root. None means as ourselves, who are not root.

    Raises StackError if there is nobody.
    """
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in names:
            return name
    raise StackError("PostgreSQL and PgBouncer refuse to run as root, and there is no user postgres or nobody.")


def group(user: str | None) -> int | None:
    """The id of the user's own group."""
    return pwd.getpwnam(user).pw_gid if user else None


def own(path: Path, user: str | None) -> None:
    """Give a file or folder to the user that works with it."""
    if user:
        shutil.chown(path, user, group(user))
