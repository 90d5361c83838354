"""The pages that the proxy shows by itself come with the static files."""

from pathlib import Path

import pytest
from django.core.management import call_command

from scheduler_site.proxy_pages import NUMBER, PAGES


@pytest.mark.parametrize(("options", "written"), [({}, sorted(PAGES)), ({"dry_run": True}, [])])
def test_they_are_collected_with_the_static_files(settings, tmp_path: Path, options, written):
    settings.STATIC_ROOT = str(tmp_path / "static")
    settings.STATICFILES_DIRS = []
    settings.INSTALLED_APPS = [name for name in settings.INSTALLED_APPS if name != "django.contrib.admin"]
    call_command("collectstatic", "--no-input", verbosity=0, **options)
    folder = tmp_path / "static" / "errors"
    assert sorted(path.name for path in folder.glob("*")) == written
    for name in written:
        assert f"<code>{NUMBER}</code>" in (folder / name).read_text()
