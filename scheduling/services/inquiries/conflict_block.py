"""Why a block cannot be staffed, in people's words."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from absences.models import Absence
from scheduling.rules.verdict import date_span
from scheduling.services.inquiries.conflict_plan import ONE_OF_SEVERAL, UNPROVEN
from scheduling.services.inquiries.ground import Ground
from scheduling.services.inquiries.listing import MOST_NAMES, joined, out_of, spelled
from scheduling.solver.conflict.eligible import could_work
from scheduling.solver.conflict.problem import Conflict, Group
from scheduling.solver.conflict.roster_system import open_days

# How somebody is whom a rule keeps from the block, and the rule.
RULES = {
    "rest_after_call": ("post-call", "the hours free after 24 hours of in-house call (6.21.a)"),
    "most_continuous": ("at work too long already", "the most hours of continuous work (6.22)"),
    "rest_between": ("not rested", "the rest between two shifts (program rule)"),
    "most_nights_in_a_row": ("at the most nights in a row", "the most nights in a row (program rule)"),
    "most_days_in_a_row": ("at the most days in a row", "the most days in a row (program rule)"),
    "free_day_in": ("owed a free day", "one day in seven free (6.21.b)"),
    "weekly_hours": ("at the most hours", "the most hours a week, averaged (6.20)"),
    "call_every": ("at the most calls", "in-house call at most every third night, averaged (6.27)"),
    "limits": ("at a limit of their own", "the limits of their own"),
}
RESTS = ("rest_after_call", "rest_between")
DO = {
    "asked": "Ask for fewer in this block, or leave it short.",
    "staffing": "Let one of these be short instead.",
    "leave": "Move one of these, or do not grant it.",
    "pin": "Unpin one of these.",
    "placement": "Move one of these in the plan, or let their rotation be called to this one.",
    "rule": "Lift the rule for one of these: a pin is kept whatever it breaks, and shown as a violation.",
}


def block_words(
    ground: Ground, conflict: Conflict | None, rotation: str, shift: str, day: int, earliest: int
) -> dict[str, Any]:
    """The answer, as `conflict.answer` says."""
    first, last = (ground.day(each) for each in open_days(ground.problem, (day, day), earliest))
    block = f"{ground.rotations[rotation]} on {ground.day(day):%a %-d %b}, {ground.shifts[shift]}"
    around = f"The days from {date_span(first, last)} may be arranged anew for it; all others stay as they are."
    if conflict is None:
        return {
            "found": False,
            "sentence": f"Everything can hold at once: there are enough people for {block}.",
            "lines": [],
            "notes": [
                "They can be found with leave, pins, rotation plan, rules and what other blocks have as they are.",
                around,
            ],
        }
    said = _Words(ground, conflict, rotation, shift, day)
    return {
        "found": True,
        "sentence": said.lead(),
        "lines": list(said.lines()),
        "notes": [ONE_OF_SEVERAL if conflict.is_irreducible else UNPROVEN, around],
    }


class _Words:
    def __init__(self, ground: Ground, conflict: Conflict, rotation: str, shift: str, day: int) -> None:
        self.ground, self.groups = ground, conflict.groups
        self.day = day
        block = (rotation,), shift, (day, day)
        self.asked = [g for g in self.groups if g.kind == "staffing" and (g.rotations, g.shift_type, g.days) == block]
        self.elsewhere = [g for g in self.groups if g.kind == "staffing" and g not in self.asked]

    def lead(self) -> str:
        """One sentence for the block, one for those who could take it, one for the others."""
        could = list(dict.fromkeys(code for group in self.asked for code in could_work(self.ground.problem, group)))
        reasons = self._reasons(could)
        sentences = [f"{joined([self._need(group) for group in self.asked])}."]
        if not could:
            sentences.append("Nobody could take it by the rotation plan.")
        elif reasons:
            sentences.append(f"{out_of(len(could), 'could take it', reasons)}.")
        elif not self.elsewhere:
            sentences.append(f"Only {spelled(len(could))} could take it by the rotation plan.")
        if self.elsewhere:
            blocks = joined([self._block(group) for group in self.elsewhere], most=3)
            sentences.append(f"The same people are needed on {blocks}.")
        others = {g.person for g in self.groups if g.person and g.kind in ("leave", "placement")} - set(could)
        if others:
            them = (
                "The only other one who counts there belongs"
                if len(others) == 1
                else (f"The {spelled(len(others))} others who count there belong")
            )
            sentences.append(f"{them} elsewhere by the plan.")
        return " ".join(sentences)

    def lines(self) -> Iterator[dict[str, Any]]:
        """A line for each kind of thing, with the names of the people."""
        for group in self.asked:
            yield _line("staffing", f"{self._need(group)}.", [], DO["asked"])
        for kind, what in (("leave", "On leave"), ("pin", "Pinned"), ("placement", "Elsewhere by the rotation plan")):
            groups = [group for group in self.groups if group.kind == kind]
            if groups:
                named = [detail for group in groups for detail in self._details(group)]
                yield _line(kind, f"{what}: {self._names(groups)}.", named, DO[kind])
        for name, (_, rule) in RULES.items():
            groups = [group for group in self.groups if group.kind == "rule" and group.name == name]
            if groups:
                yield _line("rule", f"Kept from it by {rule}: {self._names(groups)}.", [], DO["rule"])
        if self.elsewhere:
            blocks = [self._need(group) for group in self.elsewhere]
            yield _line("staffing", "Other blocks need the same people.", blocks, DO["staffing"])

    def _reasons(self, could: Iterable[str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for code in could:
            reasons = [reason for group in self.groups if group.person == code and (reason := self._reason(group))]
            if reasons:
                found[reasons[0]].append(self._name(code))
        return found

    def _reason(self, group: Group) -> str:
        if group.kind == "leave":
            kinds = {absence.kind for absence in self._absences(group)}
            return "on vacation" if kinds <= {Absence.Kind.VACATION} else "on leave"
        if group.kind == "pin" and group.days == (self.day, self.day):
            elsewhere = group.rotations != self.asked[0].rotations
            return f"pinned to {self._on(group) if elsewhere else self.ground.shifts[group.shift_type or '']}"
        if group.kind == "rule":
            return "post-call" if group.name in RESTS and self._is_post_call(group.person) else RULES[group.name][0]
        return ""

    def _is_post_call(self, person: str | None) -> bool:
        return any(
            each.person == person and each.day == self.day - 1 and self.ground.frame.post_call(each.shift_type)
            for each in self.ground.current
        )

    def _details(self, group: Group) -> Iterator[str]:
        assert group.days is not None
        first, last = (self.ground.day(day) for day in group.days)
        name = self._name(group.person)
        if group.kind == "leave":
            absences = self._absences(group)
            for absence in absences:
                span = date_span(absence.start_date, absence.end_date)
                yield f"{name}: {absence.get_kind_display()}, {span}"
            if not absences:
                yield f"{name}: vacation by the rotation plan, {date_span(first, last)}"
        elif group.kind == "pin":
            yield f"{name}: {self._on(group)}, {first:%a %-d %b}, {self.ground.shifts[group.shift_type or '']}"
        else:
            yield f"{name}: {self._on(group)}, {date_span(first, last)}"

    def _absences(self, group: Group) -> list[Absence]:
        assert group.person is not None
        assert group.days is not None
        first, last = (self.ground.day(day) for day in group.days)
        return [
            absence
            for absence in self.ground.facts.absences.get(self.ground.people[group.person].pk, ())
            if absence.start_date <= last and absence.end_date >= first
        ]

    def _need(self, group: Group) -> str:
        assert group.index is not None
        groups = self.ground.problem.coverage[group.index].groups
        amount = group.limit or 0
        people = "one person" if amount == 1 else f"{spelled(amount)} people"
        rotation, _, rest = self._block(group).partition(" on ")
        return f"{rotation} needs {people}{f' ({", ".join(groups)})' if groups else ''} on {rest}"

    def _block(self, group: Group) -> str:
        assert group.days is not None
        day, shift = self.ground.day(group.days[0]), self.ground.shifts[group.shift_type or ""]
        return f"{self._on(group)} on {day:%a %-d %b}, {shift}"

    def _on(self, group: Group) -> str:
        return " or ".join(self.ground.rotations.get(code, code) for code in group.rotations)

    def _names(self, groups: Sequence[Group]) -> str:
        names = list(dict.fromkeys(self._name(group.person) for group in groups))
        return joined(names, most=MOST_NAMES)

    def _name(self, code: str | None) -> str:
        person = self.ground.people.get(code or "")
        return person.name if person else str(code)


def _line(kind: str, what: str, names: list[str], do: str) -> dict[str, Any]:
    return {"kind": kind, "what": what, "names": names, "do": do}
