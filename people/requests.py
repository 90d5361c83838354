from django.http import HttpRequest

from people.models import User


def signed_in_user(request: HttpRequest) -> User:
    """The user of a request that LoginRequiredMiddleware let through."""
    assert isinstance(request.user, User)
    return request.user
