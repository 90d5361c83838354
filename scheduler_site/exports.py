"""/metrics: what Prometheus reads."""

import os
from ipaddress import IPv4Network, IPv6Network, ip_address

import prometheus_client
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import multiprocess

from scheduler_site.gauges import SiteCollector

FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_FORWARDED")


def metrics(request: HttpRequest) -> HttpResponse:
    """Everything that is counted, for those who may see it; for others there is no such page."""
    if not may_read(request):
        return HttpResponse("Not found.\n", status=404, content_type="text/plain")
    everything = registry()
    pages = [prometheus_client.generate_latest(everything), prometheus_client.generate_latest(_state())]
    return HttpResponse(b"".join(pages), content_type=prometheus_client.CONTENT_TYPE_LATEST)


def may_read(request: HttpRequest) -> bool:
    """Whether the machine at the other end itself is in METRICS_ALLOW.

    What came through a proxy never is: its peer is the proxy, and what the proxy says of the client can be made up.
    """
    if any(name in request.META for name in FORWARDED):
        return False
    try:
        peer = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:  # a Unix socket
        return False
    networks: list[IPv4Network | IPv6Network] = settings.METRICS_ALLOW
    mapped = getattr(peer, "ipv4_mapped", None)
    return any((mapped or peer) in network for network in networks)


def registry() -> prometheus_client.CollectorRegistry:
    """What this process has counted; with PROMETHEUS_MULTIPROC_DIR, what all that write there have."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return prometheus_client.REGISTRY
    everybody = prometheus_client.CollectorRegistry()
    multiprocess.MultiProcessCollector(everybody)
    return everybody


def _state() -> prometheus_client.CollectorRegistry:
    """What is read at the scrape, whoever answers it: the same for all processes, so never added up."""
    state = prometheus_client.CollectorRegistry(auto_describe=False)
    state.register(SiteCollector())
    return state
