"""The program's limits on runs of days, which are followed across the edges of periods."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from scheduling.rules.case import Case
from scheduling.rules.rule_sets import Rule
from scheduling.rules.verdict import Verdict, date_span


def night_float_run(case: Case, rule: Rule) -> Iterator[Verdict]:
    """Nights of night float in a row."""
    works = zip(case.line.duties, case.line.works, strict=True)
    nights = [at for at, (duty, work) in enumerate(works) if work and duty.night_float and duty.night]
    yield from _long_runs(case, rule, nights, "nights of night float")


def consecutive_days(case: Case, rule: Rule) -> Iterator[Verdict]:
    """Days in a row on which work starts. Home call and backup at home are no work."""
    yield from _long_runs(case, rule, [at for at, works in enumerate(case.line.works) if works], "days")


def _long_runs(case: Case, rule: Rule, positions: list[int], what: str) -> Iterator[Verdict]:
    for run in _runs(case, positions):
        first, last = case.line.days[run[0]], case.line.days[run[-1]]
        length = last - first + 1
        if length > rule.limit:
            dates = (date.fromordinal(first), date.fromordinal(last))
            yield rule.broken(
                person=case.person,
                dates=dates,
                measured=length,
                limit=rule.limit,
                duties=case.keys(run),
                sentence=(
                    f"{case.name} works {length} {what} in a row, {date_span(*dates)}; {rule.limit} are the most"
                ),
            )


def _runs(case: Case, positions: list[int]) -> Iterator[list[int]]:
    """Positions grouped by days that follow one another; several on one day stay together."""
    days = case.line.days
    run: list[int] = []
    for at in positions:
        if run and days[at] > days[run[-1]] + 1:
            yield run
            run = []
        run.append(at)
    if run:
        yield run
