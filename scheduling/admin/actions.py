"""What the actions of the admin pages share."""

from django.contrib import admin, messages
from django.contrib.admin.options import ActionLocation
from django.core.exceptions import ValidationError
from django.http import HttpRequest

BOTH = [ActionLocation.CHANGE_LIST, ActionLocation.CHANGE_FORM]


def say(model_admin: admin.ModelAdmin, request: HttpRequest, error: ValidationError) -> None:
    """Show why a service refused."""
    for message in error.messages:
        model_admin.message_user(request, message, messages.ERROR)
