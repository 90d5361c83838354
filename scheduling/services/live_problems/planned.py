"""Where the rotation plan breaks the program's own rules: of single periods, and of what follows what."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from people.models import Person
from scheduling.models import Period
from scheduling.services.live_problems.ground import Ground
from scheduling.services.live_problems.lines import KindId, Problem
from scheduling.services.live_problems.memo import Asked, digest, plain
from scheduling.services.plan_verdicts import Force, PlanRules
from scheduling.services.year_grid import Year
from scheduling.solver.plan.judge import Judge
from scheduling.solver.plan.problem import Shortfall

# By the place of the period: why it stands although it breaks a rule.
type Reasons = Mapping[int, str]


def plan_broken(ground: Ground) -> Iterator[Asked]:
    """What stands in the plan although it needs a reason; with one given it is overridden."""
    rules, year = ground.rules, ground.year
    if rules is None:
        return
    problem = rules.problem
    periods = [(period.number, period.start_date, period.end_date) for period in year.periods]
    common = digest(periods, plain(problem.sequence_rules), plain(problem.curriculum), plain(problem.rotations))
    for person in ground.facts.people:
        row = year.years.get(person.pk)
        if row is None or not any(cell.rotation for cell in row.cells):
            continue
        reasons = {place: cell.override for place, cell in enumerate(row.cells) if cell.override}
        said = {place: rules.words.said.get((person.pk, place), ()) for place in range(len(row.cells))}
        now = digest(
            "plan", common, plain(rules.person(person.pk)), person.pk, year.line(person.pk), reasons, plain(said)
        )
        yield Asked(now, partial(_of_person, rules, year, person, reasons))


def _of_person(rules: PlanRules, year: Year, person: Person, reasons: Reasons) -> Iterator[Problem]:
    for place, code in enumerate(year.line(person.pk)):
        for finding in rules.of_cell(person.pk, place, code).findings:
            if finding.force >= Force.LEAVE:
                on = f"is on {rules.words.name(code)}" if code else "has no rotation"
                sentence = f"{person.name} {on} in {_words(year.periods[place])}: {finding.words}."
                # Leave that a rotation does not take is put up with, as the optimiser does where it has to.
                kind: KindId = "advisory" if finding.force == Force.LEAVE else "broken"
                yield _problem(kind, person, year.periods[place], sentence, reasons.get(place, ""))
    line = year.line(person.pk)
    broken = _broken(rules, person, line)
    without = _broken(rules, person, [None if place in reasons else code for place, code in enumerate(line)])
    still = {(each.name, each.period) for each in without}
    for each in broken:
        # What is broken without the periods that somebody has let stand is broken, whatever was said of them.
        given = [reason for place, reason in reasons.items() if line[place] in each.rotations]
        reason = "" if (each.name, each.period) in still else "; ".join(dict.fromkeys(given))
        period = year.periods[each.period or 0]
        yield _problem("broken", person, period, f"{person.name} breaks “{each.name}” in {_words(period)}.", reason)


def _broken(rules: PlanRules, person: Person, line: list[str | None]) -> list[Shortfall]:
    """The hard rules of what follows what that this year of the person breaks."""
    alone = rules.person(person.pk)
    judge = Judge(replace(rules.problem, people=(alone,), staffing=(), curriculum=(), placements=(), wishes=()))
    placed = {(alone.id, place): code for place, code in enumerate(line) if code is not None}
    return [each for each in judge(placed).shortfalls if each.kind == "broken rule"]


def _words(period: Period) -> str:
    return f"period {period.number} ({period.start_date:%-d %b} to {period.end_date:%-d %b})"


def _problem(kind: KindId, person: Person, period: Period, sentence: str, reason: str) -> Problem:
    return Problem(
        kind="overridden" if reason else kind,
        sentence=sentence,
        first=period.start_date,
        last=period.end_date,
        at=period.start_date,
        rule="Rotation plan (program rule)",
        reason=reason,
        person=person.pk,
        period=period.number,
    )
