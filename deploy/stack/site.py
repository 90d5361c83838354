"""The site's own processes: two gunicorns and three workers, as ourselves."""

import http.client
import os
import socket
import subprocess
import sys
from functools import partial

from deploy.stack.home import DEPLOY, ROOT, Home, environment
from deploy.stack.processes import Process
from deploy.stack.programs import StackError


def gunicorn(home: Home, name: str) -> Process:
    """One of the two. They share the machine's cores, so that each has half of them as processes."""
    processes = max(1, (os.cpu_count() or 2) // 2)
    more = {
        "PROMETHEUS_MULTIPROC_DIR": str(home.folder / "metrics" / name),
        "WEB_CONCURRENCY": os.environ.get("WEB_CONCURRENCY", str(processes)),
    }
    command = [sys.executable, "-m", "gunicorn", "-c", str(DEPLOY / "gunicorn.conf.py")]
    return ours(
        home,
        name,
        [*command, "--chdir", str(ROOT), "--bind", f"127.0.0.1:{home.port(name)}"],
        partial(answers, home.port(name), "/livez"),
        more,
    )


# Linux gives each session (one of ours each) the same share of the processor, whatever is nice in it, unless the
# session itself is: /proc/PID/autogroup. Elsewhere there is no such file, and nice alone counts.
POLITELY = '(echo "$0" > /proc/self/autogroup) 2> /dev/null; exec nice -n "$0" "$@"'


def worker(home: Home, name: str) -> Process:
    """A generation takes a core for minutes: pages come first, yet it gets a tenth of a busy core, since a worker that
    says nothing for long is taken for dead. Inquiries are waited for. No limit on their statements (pgbouncer-start).
    """
    queue, nice = ("inquiries", 5) if name == "inquiries" else ("default", 10)
    options = ["ox_worker", "--queues", queue, "--interval", "0.5", "-v0"]
    command = ["/bin/sh", "-c", POLITELY, str(nice), sys.executable, str(ROOT / "manage.py"), *options]
    return ours(
        home,
        name,
        command,
        partial(answers, home.port(name), "/metrics"),
        {"WORKER_METRICS_PORT": f"127.0.0.1:{home.port(name)}", "DB_NAME": "scheduler_workers"},
    )


def ours(home: Home, name: str, command: list[str], ready: partial[bool], more: dict[str, str]) -> Process:
    return Process(name=name, command=command, log=home.log(name), ready=ready, environment=environment(home, **more))


def answers(port: int, path: str) -> bool:
    """Whether the server there says that all is well."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def require_running(home: Home) -> None:
    """Raises StackError where no stack of this folder and port runs."""
    try:
        socket.create_connection(("127.0.0.1", home.port("postgresql")), timeout=5).close()
    except OSError as error:
        raise StackError(
            f"No stack runs at port {home.first_port}: start one by make stack PORT={home.first_port} "
            f"STACK={home.folder} in another window and leave it running, then try again."
        ) from error


def manage(home: Home, *arguments: str, quiet: bool = True) -> None:
    """Run one of the site's commands, straight on PostgreSQL. Raises StackError with the end of what it said."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env=environment(home, DB_PORT=str(home.port("postgresql"))),
        cwd=ROOT,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
        check=False,
    )
    if done.returncode:
        said = (done.stdout or "").strip()[-2000:]
        raise StackError(f"manage.py {' '.join(arguments)} failed. {said}")
