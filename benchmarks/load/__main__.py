"""`make load`: a hundred people at once, for two minutes, while a schedule is generated. python -m benchmarks.load

Against a running `make stack` with the data of benchmarks/load/data.py, or any installation that has them (--url).
Sixty residents and forty coordinators, of whom ten change a draft; see benchmarks/load/people.py for what they do. The
clock starts once all are signed in. Prints the times by request and judges the bars; exit status 1 if one is missed.
"""

from gevent import monkey

monkey.patch_all()

import argparse  # noqa: E402
import re  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from collections import Counter, defaultdict  # noqa: E402
from collections.abc import Callable  # noqa: E402
from dataclasses import dataclass, field  # noqa: E402
from html import unescape  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
import requests  # noqa: E402
from locust.env import Environment  # noqa: E402

from benchmarks.load.judge import HEALTH, Line, summary, table, verdicts  # noqa: E402
from benchmarks.load.names import PASSWORD  # noqa: E402
from benchmarks.load.people import HTMX, PART, PROGRAM, TOKEN, Editor, Reader, Resident, Visitor, months  # noqa: E402
from benchmarks.load.throughput import by_wrk  # noqa: E402

EVERYBODY = Resident.fixed_count + Reader.fixed_count + Editor.fixed_count
ENTERING = 300  # seconds within which everybody has to be signed in


@dataclass(slots=True)
class Records:
    """What was asked while the clock ran."""

    running: bool = False
    times: defaultdict[tuple[str, str], list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[tuple[str, str]] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)

    def add(self, request_type: str, name: str, response_time: float, exception: Any = None, **_: Any) -> None:
        """A listener to locust's requests."""
        if self.running:
            self.times[request_type, name].append(response_time)
            if exception is not None:
                self.errors[request_type, name] += 1
                self.said[f"{request_type} {name}: {exception}"] += 1

    def lines(self) -> list[Line]:
        return [Line(*key, times, self.errors[key]) for key, times in self.times.items()]


class Coordinator:
    """Whoever makes the drafts and asks for the generation: not one of the hundred's requests."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        page = self.session.get(f"{url}/sign-in/", timeout=30)
        token = TOKEN.search(page.text)
        fields = {"username": "load-coordinator0", "password": PASSWORD}
        self.send("/sign-in/", fields, token[1] if token else "")

    def send(self, address: str, fields: dict[str, str], token: str = "") -> str:
        """Where it leads. Raises SystemExit for what is not taken."""
        headers = {"X-CSRFToken": token or self.session.cookies["csrftoken"] or "", "Referer": self.url}
        answer = self.session.post(self.url + address, fields, headers=headers, allow_redirects=False, timeout=60)
        if answer.status_code != 302:
            raise SystemExit(f"{address} answered {answer.status_code}: are the data of the load test there?")
        return answer.headers["Location"]

    def copy(self) -> int:
        """The number of a new draft, which is the published schedule."""
        return int(self.send(f"{PROGRAM}/schedules/1/copy/", {}).rstrip("/").rpartition("/")[2])

    def generate(self, draft: int) -> str:
        """The address of a run that makes the whole year's roster anew."""
        fields = {"scope": "roster", "minutes": "3"}
        return self.send(f"{PROGRAM}/schedules/{draft}/generate/", fields)

    def state(self, run: str) -> str:
        """What its page says of it."""
        page = self.session.get(self.url + run, timeout=60).text
        progress = re.search(r'id="progress".*?</section>', page, re.DOTALL)
        return " ".join(re.sub(r"<[^>]*>", " ", progress[0]).partition(">")[2].split())[:160] if progress else "unknown"

    def is_running(self, run: str) -> bool:
        return 'hx-trigger="every 1s"' in self.session.get(self.url + run, timeout=60).text

    def open(self, address: str) -> None:
        """A page, with what it asks for by itself; after which the site has it."""
        page = self.session.get(self.url + address, timeout=60)
        for part in PART.findall(page.text):
            self.session.get(self.url + unescape(part), headers=HTMX, timeout=60)
        self.session.get(self.url + address, timeout=60)

    @property
    def cookies(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.session.cookies.items())


def ask_health(url: str, records: Records) -> None:
    """Every second, over one connection, as a monitor does."""
    session = requests.Session()
    while True:
        for name in HEALTH:
            started = time.perf_counter()
            try:
                answer = session.get(f"{url}/{name}", timeout=10)
                wrong = None if answer.status_code == 200 else f"{answer.status_code}"
            except requests.RequestException as error:
                wrong = str(error)
            records.add("GET", name, 1000 * (time.perf_counter() - started), wrong)
        gevent.sleep(1)


def until(is_so: Callable[[], bool], within: float, complaint: str) -> None:
    """Raises SystemExit with the complaint if it does not come about."""
    deadline = time.monotonic() + within
    while not is_so():
        if time.monotonic() > deadline:
            raise SystemExit(complaint)
        gevent.sleep(0.5)


def play(url: str, seconds: int, coordinator: Coordinator) -> tuple[list[Line], str]:
    """The two minutes; gives the requests, and the address of the run."""
    records = Records()
    Editor.draft, generated = coordinator.copy(), coordinator.copy()
    environment = Environment(user_classes=[Resident, Reader, Editor], host=url)
    environment.events.request.add_listener(records.add)
    runner = environment.create_local_runner()
    # Elsewhere they all come from this machine's one address, and nginx takes one sign-in in two seconds from it.
    runner.start(EVERYBODY, spawn_rate=1 if "//127.0.0.1" in url else 0.45)
    until(lambda: Visitor.signed_in == EVERYBODY, ENTERING, "Not everybody could sign in: see the site's log.")
    print(f"All {EVERYBODY} are signed in. A generation of the year's roster starts; {seconds} s from now on.")
    run = coordinator.generate(generated)
    watch = gevent.spawn(ask_health, url, records)
    records.running = True
    gevent.sleep(seconds)
    records.running = False
    watch.kill()
    print(f"The generation, at the end: {coordinator.state(run)}")
    runner.quit()
    for words, times in records.said.most_common(10):
        print(f"{times} times {words}")
    return records.lines(), run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__.partition("\n")[0])
    parser.add_argument("--url", default="http://127.0.0.1:8080", help="the site (default: %(default)s)")
    parser.add_argument("--seconds", type=int, default=120, help="how long it is measured (default: %(default)s)")
    chosen = parser.parse_args()
    url = chosen.url.rstrip("/")
    coordinator = Coordinator(url)
    lines, run = play(url, chosen.seconds, coordinator)
    print(f"\n{table(lines)}\n")
    if coordinator.is_running(run):
        coordinator.send(f"{run}cancel/", {})
    until(lambda: not coordinator.is_running(run), 240, "The generation does not end.")
    month = f"{PROGRAM}/month/{months()[1]}/"
    coordinator.open(month)
    throughput = by_wrk(url + month, coordinator.cookies)
    found = verdicts(lines, throughput)
    print(summary(found))
    if throughput is None:
        print("Throughput was not measured: there is no wrk here.")
    return 0 if all(each.met for each in found) else 1


if __name__ == "__main__":
    sys.exit(main())
