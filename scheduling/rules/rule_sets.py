"""The rules as data: which there are, where they come from, how binding they are and what their limits are.

A rule set is a tuple of rules that a program picks by name; the code that measures knows rules only by their
`check`. Sources: ACGME Common Program Requirements (Residency), section VI.F, renumbered 6.20 to 6.28 in the
2025 edition; New York State, 10 NYCRR 405.4(b)(6); and the program's own rules, which never carry a clause.

New York: the 80 hours averaged over four weeks, moonlighting included, are as the Department of Health's guide that
compares its code with the ACGME's has them; 24 hours at a stretch, 8 between and 24 free each week are as histories
of the code tell; the 3 hours for handing over are the Department's reading of it. The text itself was not at hand, so
clauses are cited no deeper than the paragraph. Not here: 12 hours in emergency departments (let the shift be no
longer), and the exemption that lets surgery leave restful night call out of the hours (to count it is stricter).
The code has no 14 hours after call, no third night for all, and lets a PGY-1 moonlight. Its programs are accredited
too, so the set has those three as the ACGME's, under their own label.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, tzinfo

from scheduling.rules.verdict import Force, Verdict

PROGRAM_RULE = "program rule"
NEW_YORK = "New York 405"
GRANTED_MOST = 88  # hours a week that a review committee may grant a rotation (6.24)
SUNDAY = 6
MUST, SHOULD, OFF = Force.MUST, Force.SHOULD, Force.OFF


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `check` names what measures it (a key of `check.PERSON_CHECKS`); rules may share one.

    `limit` is in `unit`. `allowance` is the second number of a rule that has one: hours for handing over
    beside the 24, residents of other levels beside the two PGY-1, the weekday (Monday 0) a week starts on.
    Duty hours are the residents'; only a rule `for_faculty` looks at faculty too.
    """

    id: str
    check: str
    force: Force
    limit: int
    allowance: int
    unit: str
    title: str
    label: str
    clause: str | None = None
    old_clause: str | None = None
    for_faculty: bool = False

    def broken(
        self,
        *,
        person: Hashable | None,
        dates: tuple[date, date],
        measured: float,
        limit: float,
        duties: Iterable[Hashable],
        sentence: str,
    ) -> Verdict:
        """The verdict that this rule is broken from the first to the last of `dates`."""
        return Verdict(
            rule=self.id,
            title=self.title,
            clause=self.clause,
            old_clause=self.old_clause,
            label=self.label,
            force=self.force,
            person=person,
            first=dates[0],
            last=dates[1],
            measured=measured,
            limit=limit,
            unit=self.unit,
            duties=tuple(duties),
            sentence=sentence,
        )


# id (and check), force, limit, allowance, unit, clause in 2025, clause before, title
_ACGME = (
    ("weekly_hours", MUST, 80, 0, "hours a week", "6.20", "VI.F.1",
     "At most 80 hours a week, averaged over four weeks"),
    ("rest", SHOULD, 8, 0, "hours free", "6.21", "VI.F.2.a",
     "8 hours off between scheduled work periods"),
    ("rest_after_call", MUST, 14, 24, "hours free", "6.21.a", "VI.F.2.b",
     "14 hours free after 24 hours of in-house call"),
    ("free_days", MUST, 7, 0, "free days", "6.21.b", "VI.F.2.c",
     "One day in seven free, averaged over four weeks"),
    ("continuous_work", MUST, 24, 4, "hours", "6.22", "VI.F.3.a",
     "At most 24 hours of continuous work, and 4 to hand over"),
    ("granted_hours", MUST, GRANTED_MOST, 0, "hours a week", "6.24", "VI.F.4.c",
     "At most the weekly hours that the review committee granted the rotation"),
    ("moonlighting", MUST, 0, 0, "moonlighting duties", "6.25.b", "VI.F.5.c",
     "A PGY-1 may not moonlight"),
    ("night_float", MUST, 0, 0, "limits broken", "6.26", "VI.F.6",
     "Night float lies within the 80 hours and the one day in seven"),
    ("call_nights", MUST, 3, 0, "nights of call", "6.27", "VI.F.7",
     "In-house call at most every third night, averaged over four weeks"),
    ("home_call", MUST, 0, 0, "limits broken", "6.28", "VI.F.8.a",
     "Home call lies within the 80 hours and the one day in seven"),
)  # fmt: skip


def _acgme(label: str) -> tuple[Rule, ...]:
    return tuple(
        Rule(name, name, force, limit, allowance, unit, title, label, clause, old_clause)
        for name, force, limit, allowance, unit, clause, old_clause, title in _ACGME
    )


_CODE_405 = "405.4(b)(6)"
_NEW_YORK_405 = tuple(
    Rule(f"ny_{check}", check, MUST, limit, allowance, unit, title, NEW_YORK, _CODE_405, _CODE_405)
    for check, limit, allowance, unit, title in (
        ("weekly_hours", 80, 0, "hours a week", "At most 80 hours a week, averaged over four weeks"),
        ("rest", 8, 0, "hours free", "8 hours off between scheduled work periods"),
        ("free_day_each_week", 1, SUNDAY, "free days", "One free day every week, without averaging"),
        ("continuous_work", 24, 3, "hours", "At most 24 hours of continuous work, and 3 to hand over"),
    )
)
_BESIDE_NEW_YORK = tuple(
    rule for rule in _acgme("ACGME 2025") if rule.id in ("rest_after_call", "moonlighting", "call_nights")
)

# Whatever set a program picks. Their limits and force are the program's to choose.
PROGRAM_RULES = (
    Rule("night_float_run", "night_float_run", MUST, 6, 0, "nights in a row",
         "Nights of night float in a row", PROGRAM_RULE),
    Rule("rest_between_shifts", "rest", MUST, 10, 0, "hours free",
         "Hours between shifts", PROGRAM_RULE),
    Rule("consecutive_days", "consecutive_days", MUST, 12, 0, "days in a row",
         "Days worked in a row", PROGRAM_RULE),
    Rule("rotation_hours", "rotation_hours", MUST, 0, 0, "hours a week",
         "The rotation's own weekly hours, averaged", PROGRAM_RULE),
    Rule("part_time_hours", "part_time_hours", SHOULD, 80, 0, "hours a week",
         "Part-time: at most the share of the full weekly hours, averaged", PROGRAM_RULE),
    Rule("into_leave", "into_leave", SHOULD, 0, 0, "hours",
         "No duty runs on into leave", PROGRAM_RULE, for_faculty=True),
    Rule("supervision", "supervision", SHOULD, 2, 4, "faculty members",
         "One faculty member to 2 PGY-1 or 4 other residents", PROGRAM_RULE, for_faculty=True),
)  # fmt: skip

# Not a matter of choice: a person is in one place at a time, and away when on leave.
ALWAYS = (
    Rule("overlap", "overlap", MUST, 0, 0, "minutes",
         "One duty at a time", PROGRAM_RULE, for_faculty=True),
    Rule("on_leave", "on_leave", MUST, 0, 0, "duties",
         "No duty during approved leave", PROGRAM_RULE, for_faculty=True),
)  # fmt: skip

RULE_SETS: Mapping[str, tuple[Rule, ...]] = {
    "acgme-2025": _acgme("ACGME 2025"),
    "acgme-2023": _acgme("ACGME 2023"),
    "ny-405": (*_NEW_YORK_405, *_BESIDE_NEW_YORK),
}


@dataclass(frozen=True, slots=True)
class Rulebook:
    """What a program is checked by: its rules, its time zone and what depends on its rotations.

    - `hour_limits`: weekly hours by rotation where they are not 80: up to 88 where the review committee granted
      it (6.24), below 80 as the program's own limit.
    - `break_minutes`: duties of a person with no more than this between them are one stretch of work (morning
      and afternoon clinic with lunch between them), not two with a short rest.
    - `supervised_rotations`: where the supervision ratio is checked; None means wherever faculty are rostered.
    """

    rules: tuple[Rule, ...]
    zone: tzinfo
    hour_limits: Mapping[str, int] = field(default_factory=dict)
    break_minutes: int = 120
    supervised_rotations: frozenset[str] | None = None

    def __post_init__(self) -> None:
        for rotation, hours in self.hour_limits.items():
            if not 0 < hours <= GRANTED_MOST:
                raise ValueError(
                    f"Rotation {rotation} has {hours} hours a week; between 1 and {GRANTED_MOST} can be set (6.24)."
                )

    def active(self) -> tuple[Rule, ...]:
        """The rules that are not off."""
        return tuple(rule for rule in self.rules if rule.force is not OFF)

    def rule(self, check: str) -> Rule | None:
        """The active rule that is measured by `check`, if there is one."""
        return next((rule for rule in self.rules if rule.check == check and rule.force is not OFF), None)


def rulebook(
    *rule_sets: str,
    zone: tzinfo,
    settings: Mapping[str, Mapping[str, object]] | None = None,
    hour_limits: Mapping[str, int] | None = None,
    break_minutes: int = 120,
    supervised_rotations: frozenset[str] | None = None,
) -> Rulebook:
    """The rulebook of a program: the rule sets it picked by name, its own rules, and what always holds.

    A rule that two of the sets share is there once, as the first of them has it.

    `settings` changes the program's own rules: {"rest_between_shifts": {"limit": 11, "force": "should"}} with
    "limit" and "allowance" whole numbers and "force" one of must, should, off. Standards cannot be changed.
    Raises ValueError for unknown rule sets, rules and values, naming them.
    """
    chosen: list[Rule] = []
    for name in rule_sets:
        if name not in RULE_SETS:
            raise ValueError(f"There is no rule set {name!r}; choose from {', '.join(RULE_SETS)}.")
        known = {rule.id for rule in chosen}
        chosen += [rule for rule in RULE_SETS[name] if rule.id not in known]
    own = {rule.id: rule for rule in PROGRAM_RULES}
    for rule_id, changes in (settings or {}).items():
        if rule_id not in own:
            raise ValueError(f"{rule_id!r} is not a rule that a program can set; those are {', '.join(own)}.")
        own[rule_id] = _changed(own[rule_id], changes)
    rules = (*chosen, *own.values(), *ALWAYS)
    return Rulebook(rules, zone, dict(hour_limits or {}), break_minutes, supervised_rotations)


def _changed(rule: Rule, changes: Mapping[str, object]) -> Rule:
    for name, value in changes.items():
        if name == "force":
            if value not in [str(force) for force in Force]:
                raise ValueError(f"{rule.id}: force is {value!r}; must, should or off was expected.")
            rule = replace(rule, force=Force(str(value)))
        elif name in ("limit", "allowance"):
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                raise ValueError(f"{rule.id}: {name} is {value!r}; a whole number from 0 was expected.")
            rule = replace(rule, limit=value) if name == "limit" else replace(rule, allowance=value)
        else:
            raise ValueError(f"{rule.id}: {name!r} cannot be set; limit, allowance and force can.")
    if rule.check == "supervision" and not (rule.limit and rule.allowance):
        raise ValueError(f"{rule.id}: limit and allowance are residents to one faculty member, 1 or more.")
    return rule
