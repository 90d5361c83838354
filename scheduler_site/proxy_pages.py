"""What the proxy says by itself, while the site is away or before it is asked: pages like the site's own error pages.

`collectstatic` puts them beside the static files, which the proxy serves without the site (deploy/nginx.conf).
"""

from pathlib import Path

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

FOLDER = "errors"
PAGES = ("400.html", "413.html", "429.html", "503.html")
# The proxy puts its number there (ssi).
NUMBER = '<!--# echo var="request_id" -->'


def write_pages(static_root: Path) -> None:
    """Write them to their folder in the folder of static files, whole or not at all."""
    folder = static_root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name in PAGES:
        part = folder / f".{name}.part"
        part.write_text(render_to_string(f"proxy/{name}", {"request_id": mark_safe(NUMBER)}))  # noqa: S308 ours
        part.replace(folder / name)
