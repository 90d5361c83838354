"""How the database, the cache, the queues and their workers are: looked at for /readyz and for /metrics."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.cache import caches
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from scheduler_site.queues import Queue, read_queues
from scheduler_site.redis_cache import Cache
from scheduler_site.watching import Watched
from scheduling.models import GenerationRun


@dataclass(frozen=True, slots=True)
class DatabaseState:
    """`unapplied` counts migrations; without them nothing else was read."""

    answers: bool
    unapplied: int = 0
    queues: tuple[Queue, ...] = ()
    failed_runs: int = 0


def look_at_database() -> DatabaseState:
    """Keeps its connection where the site's threads do (CONN_MAX_AGE), and tries it first, as they do."""
    connection.close_if_unusable_or_obsolete()
    try:
        unapplied = unapplied_migrations()
        if unapplied:
            return DatabaseState(answers=True, unapplied=unapplied)
        return DatabaseState(answers=True, queues=tuple(read_queues()), failed_runs=failed_runs())
    except Error:
        connection.close()
        return DatabaseState(answers=False)
    finally:
        connection.close_if_unusable_or_obsolete()


def look_at_cache() -> bool:
    """Whether Redis answers; a cache in the process always does."""
    if not settings.REDIS_URL:
        return True
    redis = caches["default"]
    assert isinstance(redis, Cache)
    return redis.ping()


_are_applied = False


def unapplied_migrations() -> int:
    """How many migrations of this code the database lacks. Looked at until there is none: then there will be none."""
    global _are_applied
    if _are_applied:
        connection.ensure_connection()
        return 0
    executor = MigrationExecutor(connection)
    unapplied = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    _are_applied = not unapplied
    return unapplied


def failed_runs() -> int:
    """Generations that failed within the last hour."""
    since = timezone.now() - timedelta(hours=1)
    return GenerationRun.objects.filter(status=GenerationRun.Status.FAILED, finished_at__gte=since).count()


database = Watched(look_at_database)
cache = Watched(look_at_cache, patience=1.0)


def look() -> tuple[bool, DatabaseState]:
    """Whether the cache answers, and how the database is, as they were at most two seconds ago; in three seconds at
    most, whatever hangs."""
    cache_up = bool(cache.get())
    return cache_up, database.get() or DatabaseState(answers=False)
