"""How long requests take and how they end, by view: the two of django-prometheus's metrics that somebody looks at.

Its two middlewares keep eighteen, which costs a request as much as all of Django's own middlewares together.
"""

from collections.abc import Callable
from time import perf_counter

from django.http import HttpRequest, HttpResponse
from django_prometheus.conf import NAMESPACE, PROMETHEUS_LATENCY_BUCKETS
from prometheus_client import Counter, Histogram

from scheduler_site.pool import note_pool

METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "TRACE", "OPTIONS", "CONNECT", "PATCH"}

# Names and labels are django-prometheus's, so that its dashboards fit.
_seconds = Histogram(
    "django_http_requests_latency_seconds_by_view_method",
    "Histogram of request processing time labelled by view.",
    ["view", "method"],
    buckets=PROMETHEUS_LATENCY_BUCKETS,
    namespace=NAMESPACE,
)
_responses = Counter(
    "django_http_responses_total_by_status_view_method",
    "Count of responses by status, view, method.",
    ["status", "view", "method"],
    namespace=NAMESPACE,
)


def measured(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Measure a request from the first middleware to the last: what the browser waits for."""

    def middleware(request: HttpRequest) -> HttpResponse:
        note_pool()  # before as well: while all wait, none comes to its end
        started = perf_counter()
        response = get_response(request)
        match = request.resolver_match
        view = (match and match.view_name) or "<unnamed view>"
        method = request.method if request.method in METHODS else "<invalid method>"
        _seconds.labels(view, method).observe(perf_counter() - started)
        note_pool()
        _responses.labels(response.status_code, view, method).inc()
        return response

    return middleware
