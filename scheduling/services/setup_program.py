"""What a program has set for itself: its facts, its own rules, its holidays."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from people.models import Program, User, record
from scheduling.models import Assignment, ShiftType
from scheduling.rules.rule_sets import PROGRAM_RULES, Rule
from scheduling.services.holidays import country_holidays
from scheduling.services.rule_settings import MOST_OF_A_RULE, program_rulebook, rule_settings
from scheduling.services.setup_revisions import bump_schedules
from scheduling.services.setup_times import move_blocks

# Of these rules the second number says something, and it cannot be 0.
WITH_ALLOWANCE = ("supervision",)
# These have no limit of their own: the limit is the rotation's, or there is none.
WITHOUT_LIMIT = ("rotation_hours", "into_leave")
OWN_RULES: Mapping[str, Rule] = {rule.id: rule for rule in PROGRAM_RULES}


def own_rules(program: Program) -> list[Rule]:
    """The program's own rules as they are set now, in the order of the rule book. ValidationError where a setting is
    wrong."""
    book = program_rulebook(program, rule_settings(program))
    return [rule for rule in book.rules if rule.id in OWN_RULES]


def standards(program: Program) -> list[Rule]:
    """The rules of the set that the program has picked, which nobody can change."""
    book = program_rulebook(program, rule_settings(program))
    return [rule for rule in book.rules if rule.id not in OWN_RULES]


def set_rule(
    *,
    program: Program,
    user: User | None,
    rule: str,
    force: str | None = None,
    limit: int | None = None,
    allowance: int | None = None,
) -> Rule:
    """Change how binding one of the program's own rules is, or its numbers; what is not given stays.

    Raises ValidationError for a rule that is not the program's own, and for values that it cannot have.
    """
    given = {"force": force, "limit": limit, "allowance": allowance}
    with transaction.atomic():
        program = Program.objects.select_for_update(no_key=True).get(pk=program.pk)
        if rule not in OWN_RULES:
            raise ValidationError("That is no rule of the program's own: standards cannot be changed.")
        before = {each.id: each for each in own_rules(program)}[rule]
        for name in ("limit", "allowance"):
            number = given[name]
            if number is not None and not 0 <= int(number) <= MOST_OF_A_RULE:
                raise ValidationError({name: f"A whole number from 0 to {MOST_OF_A_RULE} is needed."})
        rules = dict(program.rule_settings.get("rules", {}))
        rules[rule] = rules.get(rule, {}) | {name: value for name, value in given.items() if value is not None}
        program.rule_settings = program.rule_settings | {"rules": rules}
        after = {each.id: each for each in own_rules(program)}[rule]
        changes = {
            name: [str(getattr(before, name)), str(getattr(after, name))]
            for name in given
            if getattr(before, name) != getattr(after, name)
        }
        if changes:
            program.save(update_fields=["rule_settings"])
            record(user=user, action="program rule changed", target=program, program=program, changes={rule: changes})
            bump_schedules(program)
    return after


def save_program(*, program: Program, user: User | None, values: Mapping[str, Any]) -> Program:
    """Change what the program is set to: fields of Program, and `notice_days` among its rule settings.

    Raises ValidationError by field; a time zone in which people have worked stays.
    """
    with transaction.atomic():
        program = Program.objects.select_for_update(no_key=True).get(pk=program.pk)
        before = _facts(program)
        for name, value in values.items():
            if name == "notice_days":
                repair = program.rule_settings.get("repair", {}) | {"notice_days": value}
                program.rule_settings = program.rule_settings | {"repair": repair}
            else:
                setattr(program, name, value)
        program.full_clean()
        after = _facts(program)
        if before["time_zone"] != after["time_zone"]:
            _check_zone(program, before["time_zone"])
        program.save()
        if before["time_zone"] != after["time_zone"]:
            _move_blocks(program)
        changes = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
        if changes:
            record(user=user, action="program changed", target=program, program=program, changes=changes)
        if changes.keys() - ASKED_ANEW:
            bump_schedules(program)
    return program


FACTS = ("time_zone", "period_scheme", "rule_set", "holiday_country", "holiday_subdivision", "lock_days")


# Read from the program's row whenever they matter: nothing that a schedule's revision keeps is worked out of them.
ASKED_ANEW = frozenset({"lock_days", "shows_who_is_on"})


def _facts(program: Program) -> dict[str, Any]:
    found = {name: getattr(program, name) for name in (*FACTS, "shows_who_is_on")}
    return found | {"notice_days": rule_settings(program).repair.notice_days}


def _check_zone(program: Program, was: str) -> None:
    if Assignment.objects.filter(block__shift_type__program=program).exists():
        raise ValidationError(
            {"time_zone": f"People work blocks at the hours of {was} already, which would change: the time zone stays."}
        )


def _move_blocks(program: Program) -> None:
    for shift_type in ShiftType.objects.filter(program=program):
        shift_type.program = program
        move_blocks(shift_type)


def work_holiday(*, program: Program, user: User | None, day: date, works: bool) -> None:
    """Work through a public holiday of the country, or keep it again. ValidationError where there is none that day."""
    name = country_holidays(program, day, day).get(day)
    if name is None:
        raise ValidationError(f"{day:%-d %B %Y} is no public holiday there.")
    _change_holidays(program, user, day, None if works else name, remove=not works)


def add_holiday(*, program: Program, user: User | None, day: date, name: str) -> None:
    """Keep a holiday of the program's own. Raises ValidationError by field."""
    if not name.strip():
        raise ValidationError({"name": "Give the holiday a name."})
    _change_holidays(program, user, day, name.strip())


def remove_holiday(*, program: Program, user: User | None, day: date) -> None:
    """Take back the program's own word on a day: an own holiday goes, a public one has its own name again."""
    _change_holidays(program, user, day, None, remove=True)


def _change_holidays(program: Program, user: User | None, day: date, name: str | None, *, remove: bool = False) -> None:
    with transaction.atomic():
        program = Program.objects.select_for_update(no_key=True).get(pk=program.pk)
        before = dict(program.holiday_changes) if isinstance(program.holiday_changes, dict) else {}
        after = {key: value for key, value in before.items() if key != day.isoformat()}
        if not remove:
            after[day.isoformat()] = name
        if after == before:
            return
        program.holiday_changes = dict(sorted(after.items()))
        program.save(update_fields=["holiday_changes"])
        was = before.get(day.isoformat(), "")
        changes = {day.isoformat(): [was, name if not remove else ""]}
        record(user=user, action="holidays changed", target=program, program=program, changes=changes)
        bump_schedules(program)
