"""manage.py collectstatic: as Django's own, and the pages that the proxy shows by itself."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.management.commands import collectstatic

from scheduler_site.proxy_pages import write_pages


class Command(collectstatic.Command):
    def collect(self) -> dict[str, Any]:
        collected: dict[str, Any] = super().collect()
        if not self.dry_run:
            write_pages(Path(settings.STATIC_ROOT))
        return collected
