"""Work for the background workers (`manage.py ox_worker`). Each task is one call of a service."""

from contextlib import suppress

from django.tasks import task

from people.turning import turn_all
from scheduling.models import GenerationRun, Inquiry
from scheduling.services import generate
from scheduling.services.inquiries import answering


@task
def generate_schedule(run_pk: int) -> None:
    """Work on a generation run. May be executed more than once: the run sees to it that one result is written."""
    with suppress(GenerationRun.DoesNotExist):  # its draft was deleted: nobody waits for it
        generate.perform(run_pk)


@task(queue_name="inquiries", priority=10)
def answer_inquiry(inquiry_pk: int) -> None:
    """Work out the answer to an inquiry. May be executed more than once, as a generation may."""
    with suppress(Inquiry.DoesNotExist):
        answering.perform(inquiry_pk)


@task
def people_of_today() -> None:
    """Everybody is what is recorded for today: promoted, or gone. May be executed more than once."""
    turn_all()
