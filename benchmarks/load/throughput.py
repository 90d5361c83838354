"""How many times a second the site gives out a month grid that it has kept, whole, to somebody who is signed in."""

import re
import shutil
import subprocess

CONNECTIONS, SECONDS = 16, 10


def by_wrk(address: str, cookies: str) -> float | None:
    """Requests a second by wrk; None where there is no wrk (Debian: apt-get install wrk). Raises RuntimeError if
    anything but whole pages came back."""
    if shutil.which("wrk") is None:
        return None
    options = ["--threads", "1", "--connections", str(CONNECTIONS), "--duration", f"{SECONDS}s"]
    headers = ["--header", f"Cookie: {cookies}", "--header", "Accept-Encoding: gzip"]
    done = subprocess.run(["wrk", *options, *headers, address], capture_output=True, text=True, check=True)
    if "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise RuntimeError(done.stdout)
    found = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    return float(found[1]) if found else None
