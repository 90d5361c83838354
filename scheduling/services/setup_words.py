"""Lists, spans and counts in words, for the sentences of Setup."""

from collections.abc import Callable, Collection, Iterable, Sequence

from people.models import FACULTY_LEVEL
from scheduling.models import Rotation

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEK = len(WEEKDAYS)


def listed(words: Iterable[str], last: str = "and") -> str:
    """ "A", "A and B", "A, B and C"."""
    found = list(words)
    return f" {last} ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)


def spans(numbers: Iterable[int], name: Callable[[int], str] = str, last: str = "and") -> str:
    """Numbers in order, three or more in a row as a span: "1 to 3, 5 and 6"."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    words: list[str] = []
    for run in runs:
        words += [f"{name(run[0])} to {name(run[-1])}"] if len(run) > 2 else [name(each) for each in run]
    return listed(words, last)


def days(weekdays: Collection[int]) -> str:
    """Weekdays from 0 (Monday): "each day", "Monday to Friday", "Saturday and Sunday"."""
    return "each day" if len(set(weekdays)) in (0, WEEK) else spans(weekdays, lambda day: WEEKDAYS[day])


def who(levels: Collection[int], track: str = "", *, number: int | None = None, last: str = "and") -> str:
    """Whom a rule is about: "residents", "PGY-1 resident" (of 1), "PGY-2 and PGY-3 residents"; `last` parts them."""
    one = number == 1
    words = []
    years = [level for level in levels if level != FACULTY_LEVEL]
    if years or not levels:
        level = spans(years, lambda year: f"PGY-{year}", last)
        kind = {"": "", "-": "categorical"}.get(track, track)
        words.append(" ".join(part for part in (level, kind, "resident" if one else "residents") if part))
    if FACULTY_LEVEL in levels:
        words.append("faculty member" if one else "faculty members")
    return listed(words, last)


def amount(fewest: int | None, most: int | None) -> str:
    """ "2 to 4", "at least 2", "at most 4", "just 2", "any number of"."""
    if most is None:
        return f"at least {fewest}" if fewest else "any number of"
    if not fewest:
        return f"at most {most}" if most else "no"
    return f"just {most}" if fewest == most else f"{fewest} to {most}"


def periods(first: int | None, last: int | None) -> str:
    """ "from period 2 on", "until period 5", "in periods 2 to 5"; blank where neither bounds them."""
    if first is None:
        return "" if last is None else f"until period {last}"
    if last is None:
        return f"from period {first} on"
    return f"in period {first}" if first == last else f"in periods {first} to {last}"


def counted(number: int, word: str) -> str:
    """ "1 period", "3 periods"."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def names(rotations: Sequence[Rotation], last: str = "and") -> str:
    """The names of rotations in their order; "(no rotation)" where there are none."""
    ordered = sorted(rotations, key=lambda one: (one.position, one.name))
    return listed([one.name for one in ordered], last) or "(no rotation)"


def price(value: float) -> str:
    """A price as one writes it: 1000, 2.5."""
    return f"{value:.12g}"


def capitalised(sentence: str) -> str:
    """With a large first letter; the rest stays (names have their own)."""
    return sentence[:1].upper() + sentence[1:]
