"""Numbers and names as sentences have them."""

from collections.abc import Sequence

WORDS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
MOST_NAMES = 6


def spelled(number: int) -> str:
    """A small number in letters, a larger one in digits."""
    return WORDS[number] if number < len(WORDS) else str(number)


def joined(parts: Sequence[str], *, most: int | None = None) -> str:
    """ "Kim, Rao and Li"; of more than `most` the first ones, and how many more there are."""
    listed = list(parts)
    if most is not None and len(listed) > most:
        listed = [*listed[:most], f"{len(listed) - most} more"]
    return " and ".join([", ".join(listed[:-1]), listed[-1]]) if len(listed) > 1 else "".join(listed)


def are(number: int, what: str) -> str:
    """ "one is away", "two are away"."""
    return f"{spelled(number)} {'is' if number == 1 else 'are'} {what}"
