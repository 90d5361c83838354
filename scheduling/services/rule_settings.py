"""A program's own rules and prices (`Program.rule_settings`), read and checked in one place.

    {
        "rules": {"night_float_run": {"limit": 5}, "rest_between_shifts": {"limit": 11, "force": "should"}},
        "prices": {"plan": {"unplaced": 500}, "roster": {"night": 8}, "request": 10},
        "leave": {"whole_period_from": 0.7, "part_period_from": 0},
        "repair": {"notice_days": 3}
    }

Every part may be left out. "rules" are the program rules of `scheduling.rules.rule_sets`, by their ids; the optimiser
keeps to those that it knows. "prices" are the fields of the solvers' `Prices`, and what one unit of a preference
weighs. "leave" says from which share of a period's days on leave the whole of it is spent on leave (without a
rotation), and above which share it counts as partly on leave (only rotations that allow vacation). "repair" says how
many days ahead people are promised that no plan of the optimiser takes away or moves what they work.
"""

import reprlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from itertools import combinations
from typing import Any

from django.core.exceptions import ValidationError

from people.models import Program
from scheduling.models import Rotation, ShiftType
from scheduling.rules.rule_sets import MUST, Rulebook, rulebook
from scheduling.solver.plan.problem import Prices as PlanPrices
from scheduling.solver.roster.problem import Prices as RosterPrices
from scheduling.solver.roster.problem import Rules as RosterRules

# Five days of a week on leave are a week on leave; half a period is a part of it, as program rules commonly say.
WHOLE_PERIOD_FROM = 0.7
USUAL_BREAK = 120  # minutes between duties that are one stretch of work
FULL_WEEK = 80  # hours
NEW_YORK_HANDOVER = 3 * 60
NEW_YORK_REST = 8 * 60
# Beyond these, numbers are slips of the finger: of limits (hours, days, people), and of prices.
MOST_OF_A_RULE = 1000
MOST_PRICE = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Leave:
    """Shares of a period's days; see the module."""

    whole_period_from: float = WHOLE_PERIOD_FROM
    part_period_from: float = 0.0


@dataclass(frozen=True, slots=True)
class Repair:
    """See the module. Days."""

    notice_days: float = 3.0


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """What a program has set, over the defaults. `rules` are changes to the program rules, by rule id."""

    rules: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    plan_prices: PlanPrices = field(default_factory=PlanPrices)
    roster_prices: RosterPrices = field(default_factory=RosterPrices)
    request_price: float = 10.0
    leave: Leave = field(default_factory=Leave)
    repair: Repair = field(default_factory=Repair)


def rule_settings(program: Program) -> RuleSettings:
    """The program's settings. Raises ValidationError naming the key that is wrong and what was expected."""
    given = _section(program.rule_settings, "rule_settings", {"rules", "prices", "leave", "repair"})
    prices = _section(given.get("prices", {}), "prices", {"plan", "roster", "request"})
    settings = RuleSettings(
        rules=_rules(given.get("rules", {})),
        plan_prices=_numbers(PlanPrices(), prices.get("plan", {}), "prices.plan"),
        roster_prices=_numbers(RosterPrices(), prices.get("roster", {}), "prices.roster"),
        request_price=_number(prices.get("request", 10.0), "prices.request"),
        leave=_numbers(Leave(), given.get("leave", {}), "leave"),
        repair=_numbers(Repair(), given.get("repair", {}), "repair"),
    )
    program_rulebook(program, settings)
    return settings


def program_rulebook(
    program: Program,
    settings: RuleSettings,
    *,
    hour_limits: Mapping[str, int] | None = None,
    break_minutes: int = USUAL_BREAK,
) -> Rulebook:
    """What the program's schedules are checked by. Raises ValidationError naming the rule that is set wrongly."""
    try:
        return rulebook(
            program.rule_set,
            zone=program.zone,
            settings=settings.rules,
            hour_limits=hour_limits,
            break_minutes=break_minutes,
        )
    except ValueError as error:
        raise ValidationError(f"The rule settings of {program}: rules: {error}") from error


def longest_break(shift_types: Iterable[ShiftType]) -> int:
    """Minutes between two shifts of a date that join (morning and afternoon clinic), or the usual break."""
    breaks = [USUAL_BREAK]
    for one, other in combinations(shift_types, 2):
        if other in one.joins.all() or one in other.joins.all():
            early, late = sorted((one, other), key=lambda shift: shift.start_time)
            breaks.append(_minute(late) - _minute(early) - round(early.hours * 60))
    return max(breaks)


def _minute(shift_type: ShiftType) -> int:
    return shift_type.start_time.hour * 60 + shift_type.start_time.minute


def weekly_hours(program: Program, rotation: Rotation) -> int:
    """The weekly hours that the optimiser may plan on a rotation: New York knows no more than 80, whoever grants it."""
    if program.rule_set == Program.RuleSet.NEW_YORK_405:
        return min(FULL_WEEK, rotation.weekly_hours_limit)
    return rotation.weekly_hours_limit


def roster_rules(program: Program, settings: RuleSettings, *, break_minutes: int = USUAL_BREAK) -> RosterRules:
    """The same rules as the optimiser keeps them: musts only, in minutes."""
    book = program_rulebook(program, settings)
    limits = {rule.id: rule.limit if rule.force is MUST else None for rule in book.rules}
    rest, nights, days = (limits[name] for name in ("rest_between_shifts", "night_float_run", "consecutive_days"))
    rules = RosterRules(
        break_minutes=break_minutes,
        rest_between=None if rest is None else rest * 60,
        most_nights_in_a_row=nights,
        most_days_in_a_row=days,
    )
    if program.rule_set == Program.RuleSet.NEW_YORK_405:
        return replace(
            rules,
            free_day_averaged=False,
            handover=NEW_YORK_HANDOVER,
            rest_between=max(rules.rest_between or 0, NEW_YORK_REST),
        )
    return rules


def _rules(value: Any) -> dict[str, dict[str, Any]]:
    """The changes to the program rules, so far as one can tell without knowing the rules."""
    rules = _braces(value, "rules")
    for name, changes in rules.items():
        for key, number in _braces(changes, f"rules.{name}").items():
            if isinstance(number, int) and number > MOST_OF_A_RULE:
                raise ValidationError(
                    f"The rule settings: rules.{name}.{key} is {reprlib.repr(number)}; "
                    f"a whole number from 0 to {MOST_OF_A_RULE} was expected."
                )
    return rules


def _braces(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValidationError(
            f"The rule settings: {name} is {reprlib.repr(value)}; names with values in braces were expected."
        )
    return value


def _section(value: Any, name: str, known: set[str]) -> dict[str, Any]:
    given = _braces(value, name)
    for key in given:
        if key not in known:
            raise ValidationError(
                f"The rule settings: {name} has {key!r}, which is not known; expected {', '.join(sorted(known))}."
            )
    return given


def _numbers[T](defaults: T, value: Any, name: str) -> T:
    """The defaults, a dataclass of numbers, with what is given in their place."""
    known = {each.name for each in fields(defaults)}  # type: ignore[arg-type]
    given = _section(value, name, known)
    return replace(defaults, **{key: _number(number, f"{name}.{key}") for key, number in given.items()})  # type: ignore[type-var]


def _number(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise ValidationError(f"The rule settings: {name} is {reprlib.repr(value)}; a number from 0 was expected.")
    if not value <= MOST_PRICE:
        raise ValidationError(
            f"The rule settings: {name} is {reprlib.repr(value)}; a number of at most {MOST_PRICE} was expected."
        )
    return float(value)
