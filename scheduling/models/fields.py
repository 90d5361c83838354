"""Codes that stand in addresses, and short lists kept in JSON columns, which are read whole and never searched."""

from typing import Any

from django.core.exceptions import ValidationError

NOT_IN_CODES = "/|#?%"


def validate_code(value: str) -> None:
    """A code is a part of addresses, which end or branch at these, and take dots alone for a way up."""
    if not value.strip(" ."):
        raise ValidationError("A code has a letter or a digit in it: give a short one such as ICU.")
    if found := [character for character in NOT_IN_CODES if character in value]:
        wrong, refused = " ".join(found), " ".join(NOT_IN_CODES)
        raise ValidationError(f'"{value}" is no code, because of {wrong}; give one without {refused} such as ICU.')


def validate_levels(value: Any) -> None:
    """PGY levels, 0 for faculty; an empty list means all."""
    if not isinstance(value, list) or any(type(level) is not int or level < 0 for level in value):
        raise ValidationError("Expected a list of PGY levels such as [1, 2], with 0 for faculty.")


def validate_weekdays(value: Any) -> None:
    """Weekdays from 0 (Monday) to 6 (Sunday); an empty list means every day."""
    if not isinstance(value, list) or any(type(day) is not int or not 0 <= day <= 6 for day in value):
        raise ValidationError("Expected a list of weekdays from 0 (Monday) to 6 (Sunday).")


def validate_words(value: Any) -> None:
    if not isinstance(value, list) or any(not isinstance(word, str) for word in value):
        raise ValidationError('Expected a list of words such as ["NEURO"].')


def validate_period_numbers(value: Any) -> None:
    if not isinstance(value, list) or any(type(number) is not int or number < 1 for number in value):
        raise ValidationError("Expected a list of period numbers such as [2, 4].")
