"""Short lists kept in JSON columns: they are read whole, never searched, so no join tables."""

from typing import Any

from django.core.exceptions import ValidationError


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
