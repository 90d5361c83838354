"""The program's own duty-hour rules as sentences."""

from collections.abc import Mapping

from scheduling.rules.rule_sets import Rule

_SENTENCES: Mapping[str, str] = {
    "night_float_run": "At most {limit} nights of night float in a row",
    "rest_between_shifts": "At least {limit} hours free between shifts",
    "consecutive_days": "At most {limit} days worked in a row",
    "rotation_hours": "At most the rotation's own weekly hours, averaged",
    "part_time_hours": "Part-time people work at most their share of {limit} hours a week, averaged",
    "into_leave": "No duty runs on into leave",
    "supervision": "One faculty member to {limit} PGY-1 or {allowance} other residents",
}


def rule_sentence(rule: Rule) -> str:
    """What a rule says with its numbers; a standard by its title."""
    words = _SENTENCES.get(rule.id)
    return words.format(limit=rule.limit, allowance=rule.allowance) if words else rule.title
