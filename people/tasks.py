"""Mail, for the background workers (`manage.py ox_worker`). Each task is one call of a service."""

from contextlib import suppress

from django.core.mail import mailers
from django.core.management import call_command
from django.tasks import task

from people import mail_sending
from people.mail import reset_message
from people.models import User


@task(queue_name="mail")
def send_notices() -> None:
    """Mail whatever is due. May be executed more often than asked for, and by several workers at once."""
    mail_sending.send_due()


@task(queue_name="mail", priority=10)
def send_reset(user_pk: int) -> None:
    """Mail a link to set a new password. Made here, so that no secret lies in the queue."""
    with suppress(User.DoesNotExist):  # deleted meanwhile
        message = reset_message(User.objects.get(pk=user_pk, is_active=True))
        mailers.default.send_messages([message])


@task
def forget_finished_tasks() -> None:
    """What is done at fixed times leaves a row each time."""
    call_command("ox_prune", verbosity=0)
