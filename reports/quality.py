"""How good the last generation of a schedule is proven to be, in requests instead of prices."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from scheduling.models import GenerationRun, Schedule

TINY = 1e-6
LIKE_ONE = 0.01  # less than this part of a request is nothing


@dataclass(frozen=True, slots=True)
class Quality:
    """`requests`: no schedule made like this one is better by more than so many refused requests; 0: by none at all.

    None where the run knows no bound, or where requests cost nothing. `is_outdated`: whether the schedule, or leave in
    its days, was changed since; None where the run does not say what it left.
    """

    run: GenerationRun
    requests: int | None
    is_outdated: bool | None

    @property
    def percent(self) -> float | None:
        return None if self.run.gap is None else 100 * self.run.gap


def quality(schedule: Schedule, run: GenerationRun | None, request_price: float) -> Quality | None:
    """What a run proved about what it made; None where the schedule was never generated."""
    if run is None:
        return None
    requests = None
    if run.objective is not None and run.bound is not None and request_price > 0:
        gap = max(0.0, run.objective - run.bound) / request_price
        requests = 0 if gap < LIKE_ONE else ceil(gap - TINY)
    return Quality(run, requests, _is_outdated(schedule, run))


def _is_outdated(schedule: Schedule, run: GenerationRun) -> bool | None:
    if run.schedule_id != schedule.pk:
        return True  # a copy, for the sake of some change
    return None if run.revision is None else schedule.revision > run.revision + turns(schedule)


def turns(schedule: Schedule, since: datetime | None = None) -> int:
    """To be published, and to be put away for another, counts in the revision and changes nothing else: how often that
    was, or how often since then."""
    published = schedule.published_at
    is_published = published is not None and (since is None or since <= published)
    return is_published + (schedule.status == Schedule.Status.ARCHIVED)
