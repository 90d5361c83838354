"""make stack as whoever starts it meets it: what it installs, what it says, in which order it ends."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.stack import __main__ as launcher
from deploy.stack import programs
from deploy.stack.home import PARTS, ROOT, Home
from deploy.stack.processes import Process
from deploy.stack.programs import StackError
from deploy.stack.run import STOPS, Stack
from tests.stack.conftest import free_ports
from tests.stack.waiting import until


def test_who_can_sign_in_is_said(running: Stack, capsys: pytest.CaptureFixture[str]):
    launcher.tell(running.home)
    said = capsys.readouterr().out
    assert f"The site is at http://127.0.0.1:{running.home.first_port}/ (Ctrl-C stops it).\n" in said
    assert "Who can sign in: coordinator, resident.\n" in said


def test_a_second_one_says_that_the_ports_are_taken(running: Stack, tmp_path: Path):
    port = running.home.first_port
    command = [sys.executable, "-m", "deploy.stack", "--port", str(port), "--home", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")  # nothing ran, so nothing is stopped
    assert f"Port {port}, for nginx, cannot be listened at: Address already in use." in done.stderr
    assert f"make stack PORT={port + 1000}" in done.stderr


def test_a_command_without_a_running_stack_says_what_to_do(tmp_path: Path):
    port = free_ports(1)
    command = [sys.executable, "-m", "deploy.stack", "--port", str(port), "--home", str(tmp_path), "manage", "check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"No stack runs at port {port}: start one by make stack PORT={port} STACK={tmp_path} in another window and "
        "leave it running, then try again.\n"
    )


class Broken(Stack):
    """A stack of which one part starts, and the next does not."""

    def start(self, say: Callable[[str], object], *, size: str = "small", **options: str) -> None:
        (self.home.folder / "logs").mkdir()
        self.parts["redis"] = waiting("redis", self.home.folder / "logs", [])
        raise StackError("PgBouncer did not start.")


def test_why_it_did_not_start_is_said_before_it_stops(tmp_path: Path):
    text = "import sys\nfrom pathlib import Path\nfrom deploy.stack.__main__ import serve\n"
    text += "from deploy.stack.home import Home\nfrom deploy.stack.programs import programs\n"
    text += "from tests.stack.test_launcher import Broken\n"
    text += "sys.exit(serve(Broken(Home(Path(sys.argv[1]), 1), programs()), size='small', demo=False))"
    done = subprocess.run(
        [sys.executable, "-c", text, str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "PgBouncer did not start.\nStopping.\n")


def waiting(name: str, folder: Path, log: list[str]) -> Process:
    """A part that has started, and says when it is told to stop."""

    class Noted(Process):
        def stop(self) -> None:
            log.append(self.name)
            super().stop()

    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    part = Noted(name=name, command=command, log=folder / f"{name}.log", ready=lambda: True, environment={})
    part.start()
    return part


def test_it_ends_in_order_and_whole(tmp_path: Path):
    (tmp_path / "logs").mkdir()
    order: list[str] = []
    found = programs.programs()
    stack = Stack(Home(tmp_path, 1), found, {name: waiting(name, tmp_path / "logs", order) for name in sorted(PARTS)})
    stack.stop()
    assert tuple(order) == STOPS
    assert sorted(STOPS) == sorted(PARTS)
    codes = {part.child.returncode for part in stack.parts.values() if part.child}
    assert codes == {-signal.SIGTERM}


def test_what_ends_as_soon_as_it_is_started_is_not_started_for_ever(tmp_path: Path):
    (tmp_path / "logs").mkdir()
    part = waiting("redis", tmp_path / "logs", [])
    stack = Stack(Home(tmp_path, 1), programs.programs(), {"redis": part})
    stack.started["redis"] = time.monotonic()
    part.kill()
    with pytest.raises(StackError, match="redis ended as soon as it was started: see "):
        stack.revive(lambda words: None)


def test_what_is_missing_and_cannot_be_installed_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(programs, "found", lambda program: None)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(StackError, match=r"Debian: apt-get install nginx pgbouncer redis-server prometheus;"):
        programs.programs()


@pytest.mark.parametrize("policy", [None, "#!/bin/sh\nexit 0\n"])
def test_packages_are_installed_without_their_services(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, policy: str | None
):
    """Where the machine has a policy of its own it stays as it is, and counts."""
    file = tmp_path / "policy-rc.d"
    if policy:
        file.write_text(policy)
    asked: list[tuple[str, str]] = []
    monkeypatch.setattr(programs, "POLICY", file)
    monkeypatch.setattr(programs, "apt", lambda *arguments: asked.append((arguments[0], file.read_text())))
    programs.install(["nginx"])
    during = policy or "#!/bin/sh\nexit 101\n"
    assert asked == [("update", during), ("install", during)]
    assert (file.read_text() if file.exists() else None) == policy


def test_another_port_does_not_make_two_stacks_of_one_folder(running: Stack):
    before = (running.home.folder / "redis-here.conf").read_text()
    other = Stack(Home(running.home.folder, free_ports(len(PARTS))), running.programs)
    with pytest.raises(StackError, match=r"^A stack runs in .* already"):
        other.start(str)
    assert (running.home.folder / "redis-here.conf").read_text() == before


LAUNCHER = """
import os, signal, sys
from pathlib import Path
from deploy.stack.processes import Process
log = Path(sys.argv[1]) / "logs" / "part"
part = Process("part", ["sleep", "600"], log, lambda: True, {"PATH": os.environ["PATH"]})
part.start()
print(part.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_launcher_that_is_killed_leaves_nothing_behind(tmp_path: Path):
    (tmp_path / "logs").mkdir()
    done = subprocess.run([sys.executable, "-c", LAUNCHER, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL
    until(lambda: not is_running(int(done.stdout)))


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"  # ended, and nobody has asked for it yet
