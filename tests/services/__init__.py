"""Throwaway servers and a browser for the tests, from what the machine has or else from the package registry."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.stack.processes import group
from deploy.stack.programs import StackError

# Something the tests need cannot be had on this machine; the message is one line that says what to do.
ServiceMissing = StackError


@contextmanager
def running(command: list[str], log: Path, ready: Callable[[], bool], *, user: str | None = None) -> Iterator[None]:
    """Run a server until the block ends, in the folder of `log`, which takes its output.

    The block starts once `ready()` is true; ServiceMissing, with the log's last line, if that does not come
    within 30 s. The server gets a session of its own, so that Ctrl-C reaches us alone and we end it in order:
    SIGINT (which PostgreSQL, too, takes for "stop now, cleanly"), and SIGKILL if it is still there 10 s later.
    """
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=log.parent,
            start_new_session=True,
            user=user,
            group=group(user),
            extra_groups=None if user is None else [],
        )
    try:
        deadline = time.monotonic() + 30
        while not ready():
            if process.poll() is not None or time.monotonic() > deadline:
                lines = log.read_text(errors="replace").strip().splitlines() or ["it said nothing"]
                raise ServiceMissing(f"{command[0]} did not start: {lines[-1]}")
            time.sleep(0.02)
        yield
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
