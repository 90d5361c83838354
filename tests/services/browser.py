"""A Chromium for the browser tests: one that is there, or else one that is installed now."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.services import ServiceMissing

COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def browser() -> Path:
    """The executable of a Chromium or Chrome that starts.

    Looks for an installed one, then for Playwright's, then has Playwright download one, then, as root on
    Debian, installs the system's package. Raises ServiceMissing if none of that helps.
    """
    for find in (installed_browser, playwright_browser, download_browser, install_package):
        found = find()
        if found and starts(found):
            return found
    raise ServiceMissing(
        "No browser for the tests: install chromium or Google Chrome"
        " (Debian: apt-get install chromium; anywhere: playwright install --with-deps chromium)."
    )


def launch_arguments() -> list[str]:
    """What Chromium is started with: it talks to nobody but this machine, and as root it needs --no-sandbox."""
    quiet = [
        "--disable-background-networking",
        "--disable-component-update",
        "--no-first-run",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
    ]
    return [*quiet, "--no-sandbox"] if os.geteuid() == 0 else quiet


def installed_browser() -> Path | None:
    """A browser on PATH, or Chrome's place on a Mac."""
    found = next(filter(None, map(shutil.which, COMMANDS)), None)
    if found:
        return Path(found)
    return MAC if MAC.exists() else None


def playwright_browser() -> Path | None:
    """The newest Chromium that Playwright has downloaded before."""
    default = Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "ms-playwright"
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", default))
    names = ("chrome-linux*/chrome", "chrome-mac*/*.app/Contents/MacOS/*")
    found = [path for name in names for path in cache.glob(f"chromium-*/{name}")]
    return max(found, key=lambda path: path.stat().st_mtime, default=None)


def download_browser() -> Path | None:
    """Have Playwright download Chromium, as root with the libraries it needs."""
    dependencies = ["--with-deps"] if os.geteuid() == 0 and shutil.which("apt-get") else []
    attempt([sys.executable, "-m", "playwright", "install", *dependencies, "--no-shell", "chromium"])
    return playwright_browser()


def install_package() -> Path | None:
    """Install Debian's package, as root where there is apt-get."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        attempt(["apt-get", "update", "--quiet"])
        attempt(["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", "chromium"])
    return installed_browser()


def attempt(command: list[str]) -> None:
    """Run an installer, showing only that it runs: whether it helped is seen by what is there afterwards."""
    print(f"Browser: {' '.join(command)}", flush=True)
    subprocess.run(
        command,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )


def starts(executable: Path) -> bool:
    """Whether it is there and has the libraries it needs."""
    try:
        asked = subprocess.run([executable, "--version"], capture_output=True, timeout=60, check=False)
    except OSError:
        return False
    return asked.returncode == 0
