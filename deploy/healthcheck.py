"""Whether this container does its work, for Docker: exit status 0 or 1.

python deploy/healthcheck.py          the web server answers /livez within two seconds
python deploy/healthcheck.py FILE     the worker has polled its queue within the last minute (its --heartbeat-file)
"""

import os
import sys
import time
import urllib.request
from pathlib import Path

STALE = 60  # seconds; a worker touches its file at least every few, also while it generates


def answers() -> bool:
    """Whether the site says that it lives; past any proxy that the environment names."""
    address = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/livez"
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(address, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def beats(file: Path) -> bool:
    """Whether the file was touched lately."""
    try:
        return time.time() - file.stat().st_mtime < STALE
    except FileNotFoundError:
        return False


if __name__ == "__main__":
    sys.exit(0 if (beats(Path(sys.argv[1])) if len(sys.argv) > 1 else answers()) else 1)
