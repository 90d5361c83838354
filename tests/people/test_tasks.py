"""What workers do at fixed times."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_ox.models import OxTask
from django_ox.testing import run_tasks

from people.tasks import forget_finished_tasks, send_notices


@pytest.mark.django_db
def test_finished_tasks_are_forgotten_after_a_week() -> None:
    for days in (6, 8):
        task = send_notices.enqueue()
        finished = timezone.now() - timedelta(days=days)
        OxTask.objects.filter(pk=task.id).update(status="SUCCESSFUL", finished_at=finished, priority=days)
    forget_finished_tasks.enqueue()
    run_tasks(queues=["default"], raise_failures=True)
    assert list(OxTask.objects.filter(queue_name="mail").values_list("priority", flat=True)) == [6]
