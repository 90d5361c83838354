"""What the pages count for /metrics. Here, at the bottom, because pages of all parts count.

Plain prometheus_client: with PROMETHEUS_MULTIPROC_DIR set the numbers of all processes are added up at the scrape.
"""

from typing import Literal

from prometheus_client import Counter

Result = Literal["hit", "miss", "not_modified", "bypass"]
Grid = Literal["month", "year"]

_pages = Counter("scheduler_page_cache", "Pages by what their cache had.", ["view", "result"])
_edits = Counter("scheduler_edits", "Gestures done in a grid.", ["grid", "verb"])
_conflicts = Counter("scheduler_edit_conflicts", "Gestures refused as the page was old.", ["grid"])
_unavailable = Counter("scheduler_unavailable", "Requests that no database could be had for.", ["cause"])


def count_page(view: str, result: Result) -> None:
    """One page was asked for: from the cache (hit), made (miss), as the browser has it (not_modified), not to be
    cached (bypass)."""
    _pages.labels(view, result).inc()


def count_edit(grid: Grid, verb: str) -> None:
    """One gesture of a hand was done."""
    _edits.labels(grid, verb).inc()


def count_conflict(grid: Grid) -> None:
    """One gesture came from a page older than what it would change."""
    _conflicts.labels(grid).inc()


def count_unavailable(cause: str) -> None:
    """One request was answered with 503."""
    _unavailable.labels(cause).inc()
