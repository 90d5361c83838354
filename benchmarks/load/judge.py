"""What came of it, and whether it is enough. Plain Python: locust's own objects stay outside."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

READS_P95_MS, HEALTH_P95_MS, THROUGHPUT = 200, 50, 500
HEALTH = ("livez", "readyz")


@dataclass(frozen=True, slots=True)
class Line:
    """All requests of one name: milliseconds of each, and how many were errors."""

    method: str
    name: str
    times: Sequence[float]
    errors: int

    @property
    def is_health(self) -> bool:
        return self.name in HEALTH

    @property
    def is_read(self) -> bool:
        return self.method == "GET" and not self.is_health


@dataclass(frozen=True, slots=True)
class Verdict:
    """One bar."""

    what: str
    value: float
    unit: str
    bar: str
    met: bool


def quantile(times: Iterable[float], share: float) -> float:
    """The time below which that share of the times lies, by the nearest rank; 0 if there are none."""
    ordered = sorted(times)
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else 0.0


def together(lines: Iterable[Line]) -> list[float]:
    return [time for line in lines for time in line.times]


def verdicts(lines: Sequence[Line], throughput: float | None) -> list[Verdict]:
    """The bars of the load test; `throughput` in requests a second, None where it was not measured."""
    asked = sum(len(line.times) for line in lines)
    reads = together(line for line in lines if line.is_read)
    found = [
        _at_most("errors", sum(line.errors for line in lines), "", 0),
        _at_most("reads, p95", quantile(reads, 0.95), "ms", READS_P95_MS),
        *(
            _at_most(f"{line.name}, p95", quantile(line.times, 0.95), "ms", HEALTH_P95_MS)
            for line in lines
            if line.is_health
        ),
    ]
    share = 100 * len(reads) / max(1, asked - len(together(line for line in lines if line.is_health)))
    found.append(Verdict("reads among all requests", share, "%", "about 90", 85 <= share <= 97))
    if throughput is not None:
        bar = f"at least {THROUGHPUT}"
        found.append(Verdict("cached month grid", throughput, "/s", bar, throughput >= THROUGHPUT))
    return found


def _at_most(what: str, value: float, unit: str, bar: float) -> Verdict:
    return Verdict(what, value, unit, f"at most {bar}", value <= bar)


def table(lines: Iterable[Line]) -> str:
    """By request: how often, errors, and the times of half, 95 and 99 of 100, and the worst."""
    rows = [f"{'request':28} {'count':>6} {'errors':>6} {'p50':>6} {'p95':>6} {'p99':>6} {'worst':>6}  ms"]
    for line in sorted(lines, key=lambda line: (line.method, line.name)):
        times = (*(quantile(line.times, share) for share in (0.5, 0.95, 0.99)), max(line.times, default=0))
        said = " ".join(f"{time:6.0f}" for time in times)
        rows.append(f"{line.method + ' ' + line.name:28} {len(line.times):6} {line.errors:6} {said}")
    return "\n".join(rows)


def summary(found: Iterable[Verdict]) -> str:
    return "\n".join(
        f"{each.what:28} {each.value:8.1f} {each.unit:3} {each.bar:14} {'yes' if each.met else 'NO'}" for each in found
    )
