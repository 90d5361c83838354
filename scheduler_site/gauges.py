"""What is read at a scrape rather than counted: queues, workers, cache, runs that failed.

Every process would read the same, so whoever answers the scrape says it once; over several sites, take the maximum.
"""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from scheduler_site import state


class SiteCollector(Collector):
    """The site's gauges, from what /readyz goes by: quick, however the database is."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        cache_up, database = state.look()
        yield _gauge("scheduler_database_up", "Whether the database answers.", database.answers)
        yield _gauge("scheduler_cache_up", "Whether the cache answers.", cache_up)
        if not database.answers or database.unapplied:
            return  # unknown is not 0
        yield _gauge("scheduler_failed_runs", "Generations that failed within the last hour.", database.failed_runs)
        depth = GaugeMetricFamily("scheduler_queue_depth", "Tasks that are due and not taken.", labels=["queue"])
        age = GaugeMetricFamily("scheduler_queue_age_seconds", "Wait of the oldest task that is due.", labels=["queue"])
        alive = GaugeMetricFamily("scheduler_workers_alive", "Workers that live, by queue.", labels=["queue"])
        for queue in database.queues:
            depth.add_metric([queue.name], queue.waiting)
            age.add_metric([queue.name], queue.oldest.total_seconds())
            alive.add_metric([queue.name], queue.workers)
        yield from (depth, age, alive)


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=float(value))
