"""Which code is running: pages that other code has made are not for it."""

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings

FOLDERS = ("people", "absences", "scheduling", "reports", "scheduler_site", "templates")


@cache
def release() -> str:
    """A digest of the code, the templates, the packages' versions and the names of the static files.

    Of their content, so that all machines of one release agree, whenever their files were copied.
    """
    root = Path(settings.BASE_DIR)
    digest = hashlib.blake2b(digest_size=8)
    paths = [path for folder in FOLDERS for path in (root / folder).rglob("*") if path.suffix in {".py", ".html"}]
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    for path in [*sorted(paths), root / "uv.lock", manifest]:
        if path.is_file():
            digest.update(f"{path.relative_to(root) if path.is_relative_to(root) else path.name}\0".encode())
            digest.update(path.read_bytes())
    digest.update(repr(sorted(settings.MAILERS)).encode())  # pages say whether there is mail
    return digest.hexdigest()
