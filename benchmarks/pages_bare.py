"""What a page's cost is a multiple of: a Django view behind no middleware."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def bare(_request: HttpRequest) -> HttpResponse:
    """A few bytes."""
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [path("bare/", bare)]
