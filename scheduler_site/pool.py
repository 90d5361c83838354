"""How many connections to the database the pool of this process has, and how many requests wait for one.

A pool is of one process and whoever answers a scrape knows only its own, so each writes its figures down, at most once
a second, and the scrape adds them up. Behind PgBouncer there is no pool, and nothing is written.
"""

from time import monotonic

from django.db import connection
from prometheus_client import Gauge

_size = Gauge("scheduler_database_pool_size", "Connections to the database in pools.", multiprocess_mode="livesum")
_waiting = Gauge("scheduler_database_pool_waiting", "Requests that wait for a connection.", multiprocess_mode="livesum")
_next = 0.0


def note_pool() -> None:
    """Write the figures down, if it is time."""
    global _next
    now = monotonic()
    if now < _next:
        return
    _next = now + 1.0
    pool = getattr(connection, "pool", None)
    if pool is not None:
        figures = pool.get_stats()
        _size.set(figures.get("pool_size", 0))
        _waiting.set(figures.get("requests_waiting", 0))
