"""What machines ask: answered before everything else.

No session, no redirect to https, no question of the host's name: a probe comes on plain HTTP to the machine's address.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from scheduler_site.exports import metrics
from scheduler_site.health import livez, readyz

ANSWERS = {"/livez": livez, "/readyz": readyz, "/metrics": metrics}


def probes(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer /livez, /readyz and /metrics; to be the first middleware."""

    def middleware(request: HttpRequest) -> HttpResponse:
        answer = ANSWERS.get(request.path_info)
        if answer is None or request.method not in ("GET", "HEAD"):
            return get_response(request)
        response = answer(request)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        # Else whatever is not 200 comes into the log with every probe.
        response._has_been_logged = True  # type: ignore[attr-defined]
        return response

    return middleware
