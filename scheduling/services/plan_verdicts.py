"""What the rules say of a change of the rotation plan before it is made: the solver's own, in words.

The web processes ask here: nothing of this solves anything.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum

from scheduling.models import Schedule
from scheduling.services import facts as facts_
from scheduling.services.facts import Facts
from scheduling.services.plan_problem import plan_problem
from scheduling.services.plan_words import Words, words_of
from scheduling.services.year_grid import Year
from scheduling.solver.plan import problem as form
from scheduling.solver.plan.judge import Judge
from scheduling.solver.plan.rules import applies

type Line = Sequence[str | None]  # a person's rotations, period by period, by code


class Force(IntEnum):
    """How much a finding weighs. From `LEAVE` on a reason has to be given."""

    ADVISORY = 1
    LEAVE = 2
    BREAKS = 3
    REFUSED = 4


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the rules say of a change, as a part of a sentence."""

    force: Force
    words: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """All that they say of it, what weighs most first; nothing is "allowed"."""

    findings: tuple[Finding, ...] = ()

    @property
    def name(self) -> str:
        return self.findings[0].force.name.lower() if self.findings else "allowed"

    @property
    def force(self) -> int:
        return self.findings[0].force if self.findings else 0

    @property
    def needs_reason(self) -> bool:
        return self.force >= Force.LEAVE

    @property
    def words(self) -> str:
        """Such as "breaks “No nights twice in a row”; asked not to be on Night float"; for nothing "allowed"."""
        words = "; ".join(each.words for each in self.findings) or "allowed"
        return f"advisory: {words}" if self.name == "advisory" else words


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    return Verdict(tuple(sorted(dict.fromkeys(findings), key=lambda each: -each.force)))


@dataclass(frozen=True, slots=True)
class PlanRules:
    """The rules of a schedule's plan beside the plan as it stands. People go by key, periods by place."""

    year: Year
    problem: form.PlanProblem
    words: Words
    _people: Mapping[int, form.Person]
    _rules: Sequence[form.SequenceRule]
    _judges: dict[int, Judge] = field(default_factory=dict)
    _known: dict[tuple[int, tuple[str | None, ...]], Counter[Finding]] = field(default_factory=dict)

    def of_cell(self, person: int, place: int, code: str | None) -> Verdict:
        """What they say of one period by itself, without the rules of what follows what: quick."""
        return verdict_of(self._of_cell(person, place, code))

    def verdict(self, person: int, instead: Mapping[int, str | None]) -> Verdict:
        """What they say of the person being on these rotations in the periods of these places."""
        before = self.year.line(person)
        after = [instead.get(place, code) for place, code in enumerate(before)]
        changed = {place: code for place, code in instead.items() if code != before[place]}
        found = [finding for place, code in changed.items() for finding in self._of_cell(person, place, code)]
        return verdict_of([*found, *(self._of_line(person, after) - self._of_line(person, before))])

    def person(self, key: int) -> form.Person:
        """The person as the rules see them."""
        return self._people.get(key) or self.year.years[key].person

    def _of_cell(self, key: int, place: int, code: str | None) -> Iterable[Finding]:
        """What is to be said of one period by itself, whatever there was before."""
        person = self.person(key)
        if code is not None:
            if place in person.outside:
                yield Finding(Force.REFUSED, "not with the program then")
                return
            name = self.words.name(code)
            if place in person.absent:
                yield Finding(Force.LEAVE, "on leave then")
            rotation = self.words.rotations.get(code)
            groups = rotation.leave_groups if rotation else None
            group = person.group_in(place)
            if place in person.part_leave and groups is not None and group not in groups:
                yield Finding(Force.LEAVE, f"on leave for a part of it, which {name} does not allow")
            rows = [row for row in self.problem.curriculum if applies(row, person, place)]
            if rows and not any(code in row.rotations and row.most != 0 for row in rows):
                yield Finding(Force.BREAKS, f"{name} is not in the curriculum of {group}")
            if (key, place, code) in self.words.unwanted:
                yield Finding(Force.ADVISORY, f"asked not to be on {name}")
        for said in self.words.said.get((key, place), ()):
            if (code in said.rotations) != said.is_allowed:
                yield Finding(Force.BREAKS, said.words)

    def _of_line(self, key: int, line: Line) -> Counter[Finding]:
        """What is to be said of the whole year: sequence rules, and more of something than the curriculum takes."""
        known = key, tuple(line)
        if known not in self._known:
            self._known[known] = Counter(self._shortfalls(key, line))
        return self._known[known]

    def _shortfalls(self, key: int, line: Line) -> Iterable[Finding]:
        person = self.person(key)
        if key not in self._judges:
            self._judges[key] = self._judge(person)
        placed = {(person.id, place): code for place, code in enumerate(line) if code is not None}
        for each in self._judges[key](placed).shortfalls:
            if each.kind == "broken rule":
                rule = self._rules[int(each.name)]
                force = Force.BREAKS if rule.price is None else Force.ADVISORY
                for _ in range(each.amount):
                    yield Finding(force, f"{'breaks' if rule.price is None else 'against'} “{rule.name}”")
            elif each.kind == "curriculum above":
                names = " or ".join(self.words.name(code) for code in each.rotations)
                for _ in range(each.amount):
                    yield Finding(Force.ADVISORY, f"more {names} than the curriculum takes")

    def _judge(self, person: form.Person) -> Judge:
        """Judges this person's year alone. Rules that cost something when broken go in as hard ones, which the judge
        reports by name: here their place."""
        groups = {person.group, *(group for _, group in person.group_changes)}
        rules = tuple(
            replace(rule, name=str(place), price=None)
            for place, rule in enumerate(self._rules)
            if (rule.price is None or rule.price > 0) and (rule.groups is None or rule.groups & groups)
        )
        rows = tuple(
            row
            for row in self.problem.curriculum
            if row.most is not None and (row.groups is None or row.groups & groups)
        )
        return Judge(
            replace(
                self.problem,
                people=(person,),
                staffing=(),
                curriculum=rows,
                sequence_rules=rules,
                placements=(),
                wishes=(),
            )
        )


def plan_rules(
    schedule: Schedule, year: Year, people: Collection[int] | None = None, *, facts: Facts | None = None
) -> PlanRules:
    """The rules for a schedule whose plan has been read (a constant number of queries), or for these people of it.

    Pass `facts` where they are loaded already. Raises ValidationError where the program's settings are wrong, or a rule
    says what nobody can keep.
    """
    facts = facts or facts_.load(schedule)
    if people is not None:
        chosen = {key: person for key, person in facts.by_key.items() if key in people}
        facts = replace(facts, people=tuple(chosen.values()), by_key=chosen)
    problem = plan_problem(schedule, facts=facts)
    by_code = {person.code: person.pk for person in facts.people}
    return PlanRules(
        year=year,
        problem=problem,
        words=words_of(facts, problem),
        _people={by_code[person.id]: person for person in problem.people},
        _rules=problem.sequence_rules,
    )
