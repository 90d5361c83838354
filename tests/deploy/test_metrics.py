"""What the dashboard and the alerts ask for is what the site tells."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import prometheus_client
import pytest
from django.urls import URLResolver, get_resolver

import people.counting  # noqa: F401 what is imported is registered
import scheduler_site.measuring
import scheduler_site.pool  # noqa: F401
import scheduling.services.measuring  # noqa: F401
from scheduler_site.gauges import SiteCollector
from tests.deploy.files import DEPLOY, read_yaml

DASHBOARD = json.loads((DEPLOY / "grafana" / "dashboards" / "scheduler.json").read_text())
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
ASKED = [target["expr"] for panel in PANELS for target in panel["targets"]]
ALERTS = [rule["expr"] for group in read_yaml("alerts.yml")["groups"] for rule in group["rules"]]
# Words of the query language before "(" are functions; the others in small letters are metrics, labels or these.
WORDS = {"by", "le", "or", "and", "on", "vector", "without", "unless", "bool"}
SAMPLES = {"counter": ["_total"], "histogram": ["_bucket", "_count", "_sum"], "gauge": [""]}
# Prometheus's own, and those of other exporters: only a row of the dashboard asks for them.
PROMETHEUS = {"up", "ALERTS", "scrape_duration_seconds", "process_resident_memory_bytes", "process_cpu_seconds_total"}
EXPORTERS = {
    *("pg_stat_activity_count", "pg_stat_database_xact_commit", "pg_stat_database_xact_rollback"),
    *("pg_stat_database_blks_hit", "pg_stat_database_blks_read"),
    *("node_cpu_seconds_total", "node_memory_MemAvailable_bytes", "node_memory_MemTotal_bytes"),
    *("node_filesystem_avail_bytes", "node_filesystem_size_bytes"),
}


def asked(query: str) -> set[str]:
    """The metrics in a query."""
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\"[^\"]*\"", " ", query)
    bare = re.sub(r"\b(by|without|on|ignoring)\s*\([^)]*\)", " ", bare)
    return {word for word in re.findall(r"[A-Za-z_:][\w:]*(?!\w*\s*\()", bare) if word not in WORDS}


@pytest.fixture
def told(db) -> set[str]:
    """The metrics that /metrics has, of the site and of a worker."""
    families = [*prometheus_client.REGISTRY.collect(), *SiteCollector().collect()]
    return {family.name + suffix for family in families for suffix in SAMPLES.get(family.type, [""])}


@pytest.mark.parametrize(
    ("query", "metrics"),
    [
        ('sum by (view) (rate(a_total{view=~"b|c"}[5m])) / on (x) c_total > 0.2', {"a_total", "c_total"}),
        ('sum(up{job="site"}) or vector(0)', {"up"}),
    ],
)
def test_metrics_are_told_from_functions_and_labels(query, metrics):
    assert asked(query) == metrics


def test_the_alerts_ask_for_what_is_told(told):
    assert set().union(*map(asked, ALERTS)) - told - PROMETHEUS == set()


def names(patterns: Iterable[Any]) -> Iterator[str]:
    """The names of all addresses, but for the administration's."""
    for each in patterns:
        if isinstance(each, URLResolver):
            if each.namespace is None:
                yield from names(each.url_patterns)
        elif each.name:
            yield each.name


def test_the_views_that_alerts_name_are_there():
    """A view that got another name would be watched by nobody."""
    named = {
        name
        for query in ALERTS
        for found in re.findall(r'view(?:=~|!=|=)"([^"]+)"', query)
        for name in found.split("|")
    }
    assert len(named) > 30
    assert named - set(names(get_resolver().url_patterns)) == set()


def test_each_download_has_the_bar_of_exports():
    rule = next(query for query in ALERTS if "> 30" in query)
    (watched,) = re.findall(r'view(?:=~|=)"([^"]+)"', rule)
    downloads = re.compile("export|download|csv|xlsx|ics|feed|calendar|proof")
    assert {name for name in names(get_resolver().url_patterns) if downloads.search(name)} == set(watched.split("|"))


def test_the_dashboard_asks_for_what_is_told(told):
    assert set().union(*map(asked, ASKED)) - told - PROMETHEUS - EXPORTERS == set()


def test_the_dashboard_shows_all_that_the_site_tells_of_itself(told):
    ours = {name for name in told if name.startswith("scheduler_") and not name.endswith(("_sum", "_count"))}
    assert ours - set().union(*map(asked, ASKED)) == set()


def test_each_panel_has_a_place_and_says_what_it_shows():
    places = [tuple(panel["gridPos"][side] for side in "xy") for panel in DASHBOARD["panels"]]
    assert len(places) == len(set(places))
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    source = read_yaml("grafana/provisioning/datasources/prometheus.yaml")["datasources"][0]
    assert {(target["datasource"]["uid"]) for panel in PANELS for target in panel["targets"]} == {source["uid"]}
