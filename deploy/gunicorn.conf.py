"""The site's web server: gunicorn -c deploy/gunicorn.conf.py. What differs between installations comes from the
environment; `--bind` says where it listens.

    WEB_CONCURRENCY  processes (2). Pages are computed, so one for each core that this gunicorn may use, or one more.
    WEB_THREADS      threads in each (4): while one waits for the database the others work; more only queue for the GIL.
    ACCESS_LOG       a file for the line of each request, "-" for standard output (the default), empty for none.
    LOG_FORMAT       json or line, as for the site's own log.
    FORWARDED_ALLOW_IPS  the proxies whose X-Forwarded-Proto is believed (127.0.0.1,::1), by commas; gunicorn reads it.
    PROMETHEUS_MULTIPROC_DIR  a folder of this gunicorn alone, where its processes keep what /metrics adds up.

Each process has WEB_THREADS connections to the database at most, and one for its probes: see pgbouncer.ini for the sum.
"""

import json
import logging
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger

wsgi_app = "scheduler_site.wsgi"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS") or 4)

# Each process loads the site after the fork: the connection pool and its threads, sockets to Redis and the mapped
# files of Prometheus do not survive one, and SIGHUP then loads new code. It costs the memory that would be shared.
preload_app = False

# Against what leaks slowly. The jitter keeps the processes from restarting all at once. A process that restarts still
# answers what comes on a connection that the proxy has kept open.
max_requests = int(os.environ.get("WEB_MAX_REQUESTS") or 20_000)
max_requests_jitter = max_requests // 10

# A process that does not stir for that long is ended; a page that takes long does not count, a blocked process does.
timeout = 60
# To finish what is under way after SIGTERM. Whoever stops us must wait longer (stop_grace_period).
graceful_timeout = 25
# Longer than the proxy keeps an idle connection (60 s), so that it is never we who close one it is about to use.
keepalive = 75

# The heartbeat is a file that is touched all the time: in memory, since a slow disk would look like a blocked process.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 gunicorn makes its own file there

# Several gunicorns of one user would share it, and one that starts takes it from the other.
control_socket_disable = True

accesslog = os.environ.get("ACCESS_LOG", "-") or None
errorlog = "-"
loglevel = os.environ.get("LOG_LEVEL", "info").lower()


PROBES = {"/livez", "/readyz", "/metrics"}  # asked every few seconds: in the log only where something is wrong


class RequestLog(Logger):
    """One line for each request, with its id, so that it is found again in the site's and the proxy's logs."""

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> None:  # noqa: ARG002
        if not self.access_log_enabled or (resp.status_code == 200 and environ.get("PATH_INFO") in PROBES):
            return
        answered = {name.lower(): value for name, value in resp.headers}
        facts = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "logger": "gunicorn.access",
            "request_id": answered.get("x-request-id") or environ.get("HTTP_X_REQUEST_ID", ""),
            "client": environ.get("HTTP_X_FORWARDED_FOR") or environ.get("REMOTE_ADDR", ""),
            "method": environ.get("REQUEST_METHOD", ""),
            "path": environ.get("RAW_URI", ""),
            "status": int(str(resp.status).split(None, 1)[0]),
            "bytes": resp.sent,
            "milliseconds": round(request_time.total_seconds() * 1000, 1),
            "process": os.getpid(),
        }
        if os.environ.get("LOG_FORMAT", "json") == "line":
            self.access_log.log(logging.INFO, " ".join(f"{name}={value}" for name, value in facts.items()))
        else:
            self.access_log.log(
                logging.INFO, "%s", json.dumps(facts)
            )  # which escapes what a client put into its address


logger_class = RequestLog


# Prometheus: each process counts in files of its own, and /metrics, whichever process answers it, adds them up. The
# files bear the number of the process's place, not its process id: a process that takes the place of one that ended
# counts on in its files, so that counters never fall and there are never more files than processes.


def on_starting(server: Any) -> None:  # noqa: ARG001
    """The counts start anew with this gunicorn. Only the master comes here, before there is any process.

    Not when it replaces a running one (SIGUSR2), whose processes still count.
    """
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if folder and "GUNICORN_PID" not in os.environ:
        try:
            Path(folder).mkdir(parents=True, exist_ok=True)
            for file in Path(folder).glob("*.db"):
                file.unlink()
        except OSError as error:
            sys.exit(f"PROMETHEUS_MULTIPROC_DIR: cannot write to the folder {folder} ({error.strerror}).")


def pre_fork(server: Any, worker: Any) -> None:
    """Give the process the lowest place that is free."""
    taken = {other.place for other in server.WORKERS.values()}
    worker.place = next(place for place in range(len(taken) + 1) if place not in taken)


def post_fork(server: Any, worker: Any) -> None:  # noqa: ARG001
    """Before the site is loaded, and with it the first count."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client import values

        values.ValueClass = values.MultiProcessValue(lambda: worker.place)


def child_exit(server: Any, worker: Any) -> None:  # noqa: ARG001
    """Forget what held only while the process lived, such as how many requests it had under way."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.place)
