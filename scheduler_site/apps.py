from django.apps import AppConfig
from django.tasks.signals import task_enqueued, task_finished, task_started


class SiteConfig(AppConfig):
    name = "scheduler_site"

    def ready(self) -> None:
        """What is told by signals goes into the logs."""
        from scheduler_site import logs

        task_enqueued.connect(logs.tell_enqueued)
        task_started.connect(logs.begin_task)
        task_finished.connect(logs.end_task)
