"""Numbers and names as sentences have them."""

from collections.abc import Mapping, Sequence

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


def out_of(total: int, who: str, reasons: Mapping[str, Sequence[str]]) -> str:
    """ "Of the four who could be there, two are away (Kim, Rao) and one is pinned to ICU (Li)".

    `reasons` are what people are, with their names; one that holds for everybody is said so.
    """
    named = {what: f"{what} ({joined(names, most=MOST_NAMES)})" for what, names in reasons.items()}
    if [len(names) for names in reasons.values()] == [total]:
        (what,) = named.values()
        everybody = {1: "The only one", 2: "Both"}.get(total, f"All {spelled(total)}")
        return f"{everybody} who {who} {'is' if total == 1 else 'are'} {what}"
    return f"Of the {spelled(total)} who {who}, {joined([are(len(reasons[each]), named[each]) for each in reasons])}"
