"""Duty-hour rules: duty intervals and leave in, verdicts out.

Pure Python on the standard library. It shares no code with the solver, since it is what checks the solver's
drafts. Translate a schedule into `duty.PersonRecord`s, choose a `rule_sets.rulebook`, and ask `check`.
"""

from scheduling.rules.check import check, check_schedule
from scheduling.rules.duty import DateRange, Duty, Kind, Person, PersonRecord, Window
from scheduling.rules.edit import EditVerdicts, verdicts_for_edit
from scheduling.rules.rule_sets import PROGRAM_RULES, RULE_SETS, Rule, Rulebook, rulebook
from scheduling.rules.verdict import Force, Verdict
from scheduling.rules.windows import averaging_windows

__all__ = [
    "PROGRAM_RULES",
    "RULE_SETS",
    "DateRange",
    "Duty",
    "EditVerdicts",
    "Force",
    "Kind",
    "Person",
    "PersonRecord",
    "Rule",
    "Rulebook",
    "Verdict",
    "Window",
    "averaging_windows",
    "check",
    "check_schedule",
    "rulebook",
    "verdicts_for_edit",
]
