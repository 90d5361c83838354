"""What a page costs: CPU per request, as a multiple of a bare Django view's in the same run.

In process, by the site's own WSGI application: all middleware as installed, production settings, PostgreSQL by a
pool, Redis, sessions and CSRF by cookies. Three programs: two of 60 people and one of 200, each with a year's plan and
roster.

"Uncached" means that no page and no piece of one is in Redis: they are forgotten before each request. What a process
keeps in its own memory stays, as in a server that has run for a while: the cells and the HTML of rows by what is in
them, the catalog by its columns, a program's set-up by a digest of its rows. Plan and roster are read each time. The
clock is the processor's; batches of the page and of the bare view take turns, and the figure is the ratio of their
medians.

`python -m benchmarks pages` measures all rows, `python -m benchmarks pages-month` those whose names begin so. With
BENCH_PROFILE=1 each row prints where its time goes. The rows run in a process of their own, since the other cases of
a run use SQLite: `case` sends it names and reads figures.
"""

import atexit
import cProfile
import gzip
import json
import os
import pstats
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import cache
from statistics import median
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from benchmarks.figures import Figure, at_most
from benchmarks.pages_rows import BARS, Visit, visits

if TYPE_CHECKING:
    from benchmarks.pages_visits import Answer, Application

BATCHES, BATCH_S, BARE = 15, 0.08, 40  # of so many batches; a page's takes about so long, the bare view's so many calls
PROFILED, LINES = 30, 25


def case(row: str) -> Iterator[Figure]:
    """The row's figures, from the process that measures."""
    process = _measuring()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{row}\n")
    process.stdin.flush()
    for line in process.stdout:
        if not line.strip():
            return
        yield Figure(**json.loads(line))
    raise RuntimeError(f"The process that measures pages ended in {row}: what it said stands above.")


@cache
def _measuring() -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "benchmarks.pages"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def end() -> None:
        assert process.stdin is not None
        process.stdin.close()
        process.wait()

    atexit.register(end)
    return process


def main() -> None:
    """Read rows' names from standard input; write their figures, a JSON object a line, and an empty line after each."""
    figures = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what else is printed is for people
    from benchmarks import pages_site

    pages_site.install()
    site = pages_site.fill()
    with patch("django.utils.timezone.now", new=lambda: pages_site.NOW):
        bench = _Bench()
        for line in sys.stdin:
            row = line.strip()
            for visit in visits(row, site, bench.sessions):
                figures.write(json.dumps(asdict(bench.figure(row, visit))) + "\n")
            figures.write("\n")
            figures.flush()


@dataclass(frozen=True, slots=True)
class _Call:
    """One request's cost in seconds of the processor, and what came of it."""

    seconds: float
    answer: "Answer"


class _Bench:
    """The site's application, and the bare one."""

    def __init__(self) -> None:
        from django.core.handlers.wsgi import WSGIHandler
        from django.core.wsgi import get_wsgi_application

        from benchmarks.pages_visits import Sessions, stranger

        self.sessions = Sessions(get_wsgi_application())
        self._bare = stranger(_bare_application(WSGIHandler))

    def figure(self, row: str, visit: Visit) -> Figure:
        """The multiple, with what a reader asks next: milliseconds, queries, bytes."""
        name = f"pages-{row}{f': {visit.label}' if visit.label else ''}"
        bar = BARS[row] if visit.is_judged else None
        for _ in range(3):  # modules, templates, memories of the process
            answer = self._call(visit).answer
        if answer.status != visit.expected:
            return Figure(name, 0, "x", bar=f"at most {bar:g}" if bar else "", met=False, note=_not_there(answer))
        if os.environ.get("BENCH_PROFILE"):
            self._profile(name, visit)
        many = max(1, min(BARE, round(BATCH_S / self._call(visit).seconds)))
        self._bare_call()
        costs, bare = [], []
        for _ in range(BATCHES):
            costs.append(sum(self._call(visit).seconds for _ in range(many)) / many)
            bare.append(sum(self._bare_call() for _ in range(BARE)) / BARE)
        multiple = median(costs) / median(bare)
        packed = len(answer.body if "content-encoding" in answer.headers else gzip.compress(answer.body, 6))
        note = (
            f"{1000 * median(costs):.2f} ms of {1000 * median(bare):.3f}; {self._queries(visit)} queries; "
            f"{len(answer.body) / 1000:.1f} kB, packed {packed / 1000:.1f}"
        )
        return at_most(name, multiple, "x", bar, note) if bar else Figure(name, multiple, "x", note=note)

    def _call(self, visit: Visit, around: Callable[..., Any] | None = None) -> _Call:
        if not visit.is_cached:
            forget_pages()
        environ = visit.environ()
        started = time.process_time()
        answer = around(visit.visitor.visit, environ) if around else visit.visitor.visit(environ)
        seconds = time.process_time() - started
        visit.told(answer)
        return _Call(seconds, answer)

    def _bare_call(self) -> float:
        environ = self._bare.environ("/bare/")
        started = time.process_time()
        self._bare.visit(environ)
        return time.process_time() - started

    def _queries(self, visit: Visit) -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as captured:
            self._call(visit)
        if os.environ.get("BENCH_PROFILE"):
            for query in captured:
                print("   ", query["sql"][:200])
        return len(captured)

    def _profile(self, name: str, visit: Visit) -> None:
        profile = cProfile.Profile(time.process_time)
        for _ in range(PROFILED):
            self._call(visit, profile.runcall)
        print(f"\n{name}: {PROFILED} requests")
        for order in ("tottime", "cumtime"):
            pstats.Stats(profile, stream=sys.stdout).sort_stats(order).print_stats(LINES)


def _not_there(answer: "Answer") -> str:
    """Why nothing was measured."""
    return "not there" if answer.status == 404 else f"answered {answer.status}: {answer.body[:100]!r}"


def _bare_application(handler: type[Any]) -> "Application":
    from django.core.handlers.wsgi import WSGIRequest
    from django.test.utils import override_settings

    class Request(WSGIRequest):
        urlconf = "benchmarks.pages_bare"

    class Bare(handler):
        request_class = Request

    with override_settings(MIDDLEWARE=[]):
        return Bare()


def forget_pages() -> None:
    """Empty the cache of pages and pieces of pages."""
    from django_redis import get_redis_connection

    redis = get_redis_connection("default")
    keys = [key for key in redis.scan_iter(count=1000) if b":page-" in key or b":shared-" in key]
    if keys:
        redis.delete(*keys)


if __name__ == "__main__":
    main()
