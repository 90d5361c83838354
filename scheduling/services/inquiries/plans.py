"""Plans of a repair as data for pages: changes to make, sentences that name people and days, figures side by side."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from scheduling.rules.verdict import count, number
from scheduling.services.changes import Change
from scheduling.services.inquiries.ground import Ground
from scheduling.services.shortfalls import roster_shortfall
from scheduling.solver.repair.problem import RepairPlan, RepairSolution
from scheduling.solver.roster.problem import Assigned, Measure, Shortfall

COMPARED: tuple[Measure, ...] = ("nights", "weekends")


def plan_data(ground: Ground, solution: RepairSolution, plan: RepairPlan, title: str) -> dict[str, Any]:
    """A plan as an answer holds it.

    - "title", "changes" (`edit.Change.data()`, the lost blocks taken away among them);
    - "lines": a sentence for each change, "missing": for each block with people still missing because of what was lost;
    - "touched", "changed", "short": the numbers of people, changes and people missing;
    - "people": for each of those touched "name", "level" and "figures": nights and weekends ("name", "before", "after",
      "fair" share), in the whole schedule;
    - "price": what gets worse by the program's prices (below 0: better); "proof": what is proven, in words.
    """
    short = beyond(plan.shortfalls, solution.missing_before)
    return {
        "title": title,
        "changes": [each.data() for each in changes_of(ground, solution, plan)],
        "lines": list(lines(ground, solution, plan)),
        "missing": missing_sentences(ground, short),
        "touched": len(plan.people),
        "changed": plan.changes,
        "short": places(short),
        "people": people_data(ground, solution, plan),
        "price": round(plan.price, 1) + 0.0,  # never -0.0
        "proof": proof(solution, plan),
    }


def changes_of(ground: Ground, solution: RepairSolution, plan: RepairPlan) -> list[Change]:
    """What is to be written: the lost blocks go, and what the plan changes. A block that somebody works for another
    rotation instead is one change."""
    before = {(each.person, each.day, each.shift_type): each.rotation for each in (*solution.lost, *plan.removed)}
    after = {(each.person, each.day, each.shift_type): each.rotation for each in plan.added}
    return [
        Change(ground.people[code].pk, ground.day(day), shift, before.get(key), after.get(key))
        for key in sorted({*before, *after}, key=lambda key: (key[1], key[2], key[0]))
        for code, day, shift in [key]
    ]


def lines(ground: Ground, solution: RepairSolution, plan: RepairPlan) -> Iterator[str]:
    """A sentence for each change."""
    from_whom: dict[tuple[int, str, str], list[str]] = {}
    for each in (*solution.lost, *plan.removed):
        from_whom.setdefault((each.day, each.shift_type, each.rotation), []).append(each.person)
    changes = [("takes", each) for each in plan.added] + [("leaves", each) for each in plan.removed]
    for verb, each in sorted(changes, key=lambda change: (change[1].day, change[1].shift_type, change[0] == "leaves")):
        givers = from_whom.get((each.day, each.shift_type, each.rotation), [])
        if verb == "takes" and givers:
            yield f"{name(ground, each.person)} takes {words(ground, each)}, from {name(ground, givers.pop(0))}."
        elif ground.frame.shifts[each.shift_type].duty == "backup" and verb == "leaves":
            yield f"{name(ground, each.person)} is called in from backup on {ground.day(each.day):%a %-d %b}."
        else:
            yield f"{name(ground, each.person)} {verb} {words(ground, each)}."


def beyond(after: Iterable[Shortfall], before: Iterable[Shortfall]) -> list[Shortfall]:
    """What is missing that was not missing before, or more of it."""
    had = Counter({_key(each): each.missing for each in before})
    found = []
    for each in after:
        more = each.missing - had[_key(each)]
        if more > 0:
            price = each.price * more / each.missing
            found.append(Shortfall(each.rotation, each.day, each.shift_type, each.groups, more, price))
    return found


def missing_sentences(ground: Ground, short: Iterable[Shortfall]) -> list[str]:
    """A sentence for each block: of several rows that miss somebody there, the one that fewest can fill."""
    told: dict[tuple[str, int, str], Shortfall] = {}
    for each in short:
        cell = each.rotation, each.day, each.shift_type
        if cell not in told or _fewer(each, told[cell]):
            told[cell] = each
    return [roster_shortfall(ground.facts, each)["sentence"] for each in told.values()]


def _fewer(one: Shortfall, other: Shortfall) -> bool:
    groups = [1000 if each.groups is None else len(each.groups) for each in (one, other)]
    return (-one.missing, groups[0]) < (-other.missing, groups[1])


def places(short: Iterable[Shortfall]) -> int:
    """How many people it takes: somebody who is missing in two rows of a block is one person."""
    most: Counter[tuple[str, int, str]] = Counter()
    for each in short:
        cell = each.rotation, each.day, each.shift_type
        most[cell] = max(most[cell], each.missing)
    return most.total()


def proof(solution: RepairSolution, plan: RepairPlan) -> str:
    """What no plan can do better, in words."""
    if not plan.proven:
        return (
            f"Time was up before it was proven that nothing is better; no plan changes fewer than "
            f"{count(solution.fewest_changes, 'shift')}."
        )
    if plan.missing_price > solution.plans[0].missing_price + 0.01:
        return "It leaves more empty than the first plan: no other people can cover as much."
    if not plan.people:
        short = beyond(plan.shortfalls, solution.missing_before)
        return "No change of anybody's shifts covers more." if short else "Nobody's shifts have to change."
    said = []
    if len(plan.people) == solution.fewest_people:
        said.append(f"No plan can do with fewer than {_people(len(plan.people))}.")
    if plan.changes == solution.fewest_changes:
        said.append(f"No plan changes fewer than {count(plan.changes, 'shift')}.")
    if not said:
        said.append("It spares somebody whom the plans before it ask; of those that do, none changes fewer shifts.")
    return " ".join(said)


def names(ground: Ground, codes: Sequence[str]) -> str:
    """ "Bo", "Bo and Cy", "Bo, Cy and Di"."""
    every = [name(ground, code) for code in codes]
    return every[0] if len(every) == 1 else f"{', '.join(every[:-1])} and {every[-1]}"


def name(ground: Ground, code: str) -> str:
    return ground.people[code].name


def words(ground: Ground, each: Assigned) -> str:
    """ "Ward A on Tue 3 Nov, night"."""
    rotation = ground.rotations.get(each.rotation, each.rotation)
    return f"{rotation} on {ground.day(each.day):%a %-d %b}, {ground.shifts[each.shift_type]}"


def after(ground: Ground, solution: RepairSolution, plan: RepairPlan) -> tuple[Assigned, ...]:
    """Who works what once the plan is made."""
    gone = {*solution.lost, *plan.removed}
    return (*(each for each in ground.current if each not in gone), *plan.added)


def people_data(ground: Ground, solution: RepairSolution, plan: RepairPlan) -> list[dict[str, Any]]:
    """Those touched with their nights and weekends before and after, beside their fair share."""
    return [_person(ground, solution, plan, code) for code in plan.people]


def _person(ground: Ground, solution: RepairSolution, plan: RepairPlan, code: str) -> dict[str, Any]:
    person = next(each for each in ground.problem.people if each.id == code)
    now, then = ground.worked(code, ground.current), ground.worked(code, after(ground, solution, plan))
    return {
        "name": person.name,
        "level": person.group,
        "figures": [
            {
                "name": measure,
                "before": number(now[measure]),
                "after": number(then[measure]),
                "fair": number(ground.fair[code][measure]),
            }
            for measure in COMPARED
        ],
    }


def _people(amount: int) -> str:
    return "1 person" if amount == 1 else f"{amount} people"


def _key(each: Shortfall) -> tuple[str, int, str, tuple[str, ...] | None]:
    return each.rotation, each.day, each.shift_type, each.groups
