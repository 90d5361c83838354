"""Work for the background workers (`manage.py ox_worker`). Each task is one call of a service."""

from django.tasks import task

from scheduling.services import generate


@task
def generate_schedule(run_pk: int) -> None:
    """Work on a generation run. May be executed more than once: the run sees to it that one result is written."""
    generate.perform(run_pk)
