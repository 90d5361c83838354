"""python -m deploy.stack [--port 8080] [--home var/stack] [--size small] [--demo]: everything until Ctrl-C.
python -m deploy.stack [--port ...] [--home ...] manage COMMAND ...: one of the site's commands, on the running stack.
"""

import argparse
import signal
import sys
import threading
from pathlib import Path

from deploy.stack.home import ROOT, Home
from deploy.stack.programs import StackError
from deploy.stack.run import Stack, stack
from deploy.stack.servers import connect
from deploy.stack.site import manage, require_running

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploy.stack", description=__doc__)
    parser.add_argument("--port", type=int, default=8080, help="the site's; the nine after it are the other servers'")
    parser.add_argument("--home", type=Path, default=ROOT / "var" / "stack", help="where all of it is kept")
    parser.add_argument("--size", choices=("small", "medium", "large"), default="small", help="of PostgreSQL")
    parser.add_argument("--demo", action="store_true", help="with the demonstration program, made if it is not there")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="manage COMMAND ...")
    chosen = parser.parse_args()
    try:
        if chosen.command[:1] == ["manage"]:
            home = Home(chosen.home.resolve(), chosen.port)
            require_running(home)
            manage(home, *chosen.command[1:], quiet=False)
        elif chosen.command:
            parser.error(f"no command {chosen.command[0]}; there is manage")
        else:
            return serve(stack(chosen.home, chosen.port), size=chosen.size, demo=chosen.demo)
    except StackError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def serve(running: Stack, *, size: str, demo: bool) -> int:
    """Run it until we are asked to stop, or until it cannot go on, which is said first; then end what runs, in order.

    Returns the exit status.
    """
    ending = threading.Event()
    try:
        for number in STOP_SIGNALS:
            signal.signal(number, lambda *_: interrupted(ending))
        running.start(lambda words: say(f"  {words}"), size=size)
        if demo:
            manage(running.home, "demo", quiet=False)
        tell(running.home)
        while not ending.wait(0.5):
            running.revive(say)
    except KeyboardInterrupt:
        pass
    except StackError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        if running.parts:
            say("Stopping.")
        running.stop()
    return 0


def interrupted(ending: threading.Event) -> None:
    """Wherever we are, starting or watching."""
    ending.set()
    raise KeyboardInterrupt


def tell(home: Home) -> None:
    """Where everything is, and who may sign in."""
    say(f"\nThe site is at http://127.0.0.1:{home.port('nginx')}/ (Ctrl-C stops it).")
    say(f"Prometheus: http://127.0.0.1:{home.port('prometheus')}/   Logs: {home.folder}/logs")
    known = people(home)
    if known:
        say(f"Who can sign in: {', '.join(known)}.")
    else:
        start = f"{sys.executable} -m deploy.stack --port {home.first_port} --home {home.folder}"
        say("Nobody can sign in yet. Stop it and start it with the demonstration program: make stack WITH=demo. Or")
        say(f"make your own, meanwhile: {start} manage createsuperuser (or import_program FOLDER).")


def people(home: Home) -> list[str]:
    """The first accounts that have a password, and that there are more."""
    having = "SELECT username FROM people_user WHERE is_active AND password NOT LIKE '!%' ORDER BY id LIMIT 7"
    with connect(home, "postgresql") as connection:
        names = [str(name) for (name,) in connection.execute(having)]
    return names if len(names) < 7 else [*names[:6], "and others"]


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
