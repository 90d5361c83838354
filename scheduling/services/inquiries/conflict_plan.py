"""A conflict of the rotation plan in people's words."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils.text import capfirst

from absences.models import Absence
from scheduling.rules.verdict import count, date_span
from scheduling.services.facts import Facts
from scheduling.services.inquiries.listing import MOST_NAMES, joined, out_of, spelled
from scheduling.solver.conflict.eligible import could_be_placed
from scheduling.solver.conflict.problem import Conflict, Group
from scheduling.solver.plan.problem import PlanProblem

UNPROVEN = "Time was up before it was known whether all of these are needed: some may be beside the point."
ONE_OF_SEVERAL = (
    "Without any one of these the others can all hold. There may be other conflicts: ask again when this one is gone."
)
# What could be done about a group, by kind, and by kind and "most" where that differs.
DO = {
    "staffing": "Ask for fewer then, or let it be short: a version can be generated all the same.",
    "staffing most": "Let the rotation take more then.",
    "pin": "Unpin one of these, or pin it elsewhere.",
    "placement": "Change the placements of the year.",
    "leave": "Move one of these, or do not grant it.",
    "curriculum": "Ask less of somebody, or let them owe it: a version can be generated all the same.",
    "curriculum most": "Allow somebody more of it.",
    "sequence": "Make an exception of somebody, or give the rule a price, so that it can be broken where it must.",
    "placed": "Let rotations take more people, or leave somebody without one.",
}


def plan_words(facts: Facts, problem: PlanProblem, conflict: Conflict | None) -> dict[str, Any]:
    """The answer, as `conflict.answer` says."""
    if conflict is None:
        return {"found": False, "sentence": "Everything can hold at once.", "lines": [], "notes": [_checked(problem)]}
    said = _Words(facts, problem, conflict)
    return {
        "found": True,
        "sentence": said.lead(),
        "lines": list(said.lines()),
        "notes": [ONE_OF_SEVERAL if conflict.is_irreducible else UNPROVEN],
    }


def _checked(problem: PlanProblem) -> str:
    pins = count(sum(placement.pinned for placement in problem.placements), "pin")
    away = count(sum(len(person.absent) + len(person.part_leave) for person in problem.people), "period")
    rows = count(len(problem.staffing), "row")
    rules = count(sum(rule.price is None for rule in problem.sequence_rules), "rule")
    return (
        f"There is a rotation plan that keeps {pins}, {away} of leave, the fewest and the most of {rows} of staffing, "
        f"the curriculum of everybody, and {rules} on the order of rotations; with a rotation for everybody in each of "
        f"{count(len(problem.periods), 'period')}. Wishes, and rules with a price, may be refused for it."
    )


class _Words:
    def __init__(self, facts: Facts, problem: PlanProblem, conflict: Conflict) -> None:
        self.facts, self.problem, self.groups = facts, problem, conflict.groups
        self.people = {person.code: person for person in facts.people}
        self.rotations = {rotation.code: rotation.name for rotation in facts.rotations.values()}

    def lead(self) -> str:
        """One sentence, or two, that say it all."""
        needs = [group for group in self.groups if group.kind == "staffing" and not group.is_most]
        if needs and len({group.periods for group in needs}) == 1:
            return f"{self._needs(needs)}. {self._who_could(needs)}"
        clauses = [clause for _, clause in self._clauses()]
        if len(clauses) == 1:
            return f"This cannot hold: {clauses[0]}."
        return f"These cannot all hold: {'; '.join(clauses[:5])}{_more(len(clauses) - 5)}."

    def lines(self) -> Iterator[dict[str, Any]]:
        """A line for each thing that is asked for, of several people together."""
        for groups, clause in self._clauses():
            kind = groups[0].kind
            do = DO.get(f"{kind} most") if groups[0].is_most else None
            named = [name for group in groups for name in self._details(group)]
            yield {
                "kind": kind,
                "what": f"{capfirst(clause)}.",
                "names": list(dict.fromkeys(named)) if kind == "leave" or len(groups) > MOST_NAMES else [],
                "do": do or DO[kind],
            }

    def _needs(self, needs: Sequence[Group]) -> str:
        first, *others = needs
        rest = [f"{group.name} {spelled(self._people_of(group))}" for group in others]
        return f"{joined([f'{first.name} needs {self._amount(first)}', *rest])} {self._when([first])}"

    def _who_could(self, needs: Sequence[Group]) -> str:
        """How many could be there, and what keeps how many of them from it."""
        could = list(dict.fromkeys(code for group in needs for code in could_be_placed(self.problem, group)))
        if not could:
            return "Nobody could be there at all."
        reasons = self._reasons(could, {code for group in needs for code in group.rotations}, needs[0])
        if not reasons:
            return f"Only {spelled(len(could))} could be there at all."
        left = len(could) - sum(map(len, reasons.values()))
        sentence = out_of(len(could), "could be there", reasons)
        if not left or any(
            group.kind in ("curriculum", "sequence", "placed") or group.is_most for group in self.groups
        ):
            return f"{sentence}."
        return f"{sentence}: that leaves {spelled(left)}."

    def _reasons(self, could: Iterable[str], rotations: set[str], need: Group) -> dict[str, list[str]]:
        """What keeps people away, with their names: for each the plainest reason."""
        found: dict[str, list[str]] = defaultdict(list)
        for code in could:
            mine = [group for group in self.groups if group.person == code]
            reasons = [reason for group in mine if (reason := self._reason(group, rotations, need))]
            if reasons:
                found[reasons[0]].append(self._name(code))
        return found

    def _reason(self, group: Group, rotations: set[str], need: Group) -> str:
        here = group.periods == need.periods
        if group.kind == "leave" and here:
            kinds = {absence.kind for absence in self._absences(group)}
            return "on vacation" if kinds == {Absence.Kind.VACATION} else "on leave"
        if group.kind == "pin" and here and rotations.isdisjoint(group.rotations):
            return f"pinned to {self._on(group)}"
        if group.kind == "placement" and here:
            return "kept elsewhere"
        return {"curriculum": "bound by the curriculum", "sequence": "bound by a rule"}.get(group.kind, "")

    def _clauses(self) -> Iterator[tuple[list[Group], str]]:
        """Groups that differ in person and period only, of which each person has each period; and what says them."""
        people: dict[tuple[Any, ...], list[Group]] = defaultdict(list)
        for group in sorted(self.groups, key=lambda group: group.kind != "staffing" or group.is_most):
            people[(*_same(group), group.periods)].append(group)
        periods: dict[tuple[Any, ...], list[Group]] = defaultdict(list)
        for groups in people.values():
            periods[(*_same(groups[0]), tuple(group.person for group in groups))] += groups
        for groups in periods.values():
            yield groups, self._clause(groups)

    def _clause(self, groups: Sequence[Group]) -> str:
        group, when = groups[0], self._when(groups)
        people = list(dict.fromkeys(self._name(each.person) for each in groups if each.person))
        names, one = joined(people, most=MOST_NAMES), len(people) == 1
        match group.kind:
            case "staffing":
                verb, most = ("takes", " at most") if group.is_most else ("needs", "")
                return f"{group.name} {verb} {self._amount(group)}{most} {when}"
            case "leave":
                return f"{names} {'is' if one else 'are'} on leave {when}"
            case "pin":
                return f"{names} {'is' if one else 'are'} pinned to {self._on(group)} {when}"
            case "placement":
                return f"{names} may {'not' if group.is_most else 'only'} be on {self._on(group)} {when}"
            case "curriculum":
                spent = count(group.limit or 0, "period")
                owes = (
                    f"may spend {spent} at most on" if group.is_most else f"{'owes' if one else 'each owe'} {spent} of"
                )
                return f"{names} {owes} {self._on(group)}"
            case "sequence":
                return f"the rule “{group.name}” holds for {names}"
            case _:
                return f"{names} {'has' if one else 'have'} some rotation {when}"

    def _amount(self, group: Group) -> str:
        amount = self._people_of(group)
        return "one person" if amount == 1 else f"{spelled(amount)} people"

    def _details(self, group: Group) -> Iterator[str]:
        if group.kind == "leave":
            for absence in self._absences(group):
                span = date_span(absence.start_date, absence.end_date)
                yield f"{self._name(group.person)}: {absence.get_kind_display()}, {span}"
        elif group.person:
            yield self._name(group.person)

    def _absences(self, group: Group) -> list[Absence]:
        assert group.person is not None
        assert group.periods is not None
        period = self.facts.periods[group.periods[0]]
        return [
            absence
            for absence in self.facts.absences.get(self.people[group.person].pk, ())
            if absence.start_date <= period.end_date and absence.end_date >= period.start_date
        ]

    def _people_of(self, group: Group) -> int:
        """Units of a row as people: somebody who counts half is one of two units."""
        assert group.index is not None
        weight = self.problem.staffing[group.index].weight or 1
        return (group.limit or 0) // weight if group.is_most else -(-(group.limit or 0) // weight)

    def _when(self, groups: Sequence[Group]) -> str:
        """ "in period 5 (26 Oct to 22 Nov)", "in periods 5 to 7", "in periods 5 and 7"."""
        places = sorted({group.periods[0] for group in groups if group.periods})
        periods = [self.facts.periods[place] for place in places]
        if len(periods) == 1:
            return f"in period {periods[0].number} ({date_span(periods[0].start_date, periods[0].end_date)})"
        numbers = [str(period.number) for period in periods]
        if len(places) > 2 and places[-1] - places[0] == len(places) - 1:
            return f"in periods {numbers[0]} to {numbers[-1]}"
        return f"in periods {joined(numbers)}"

    def _on(self, group: Group) -> str:
        return " or ".join(self.rotations.get(code, code) for code in group.rotations)

    def _name(self, code: str | None) -> str:
        person = self.people.get(code or "")
        return person.name if person else str(code)


def _same(group: Group) -> tuple[Any, ...]:
    """What groups have in common that are said together."""
    return group.kind, group.name, group.rotations, group.limit, group.is_most


def _more(number: int) -> str:
    return f"; and {spelled(number)} more" if number > 0 else ""
