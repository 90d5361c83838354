"""What each sequence rule says, as a sentence."""

from scheduling.models import SequenceRule
from scheduling.services.setup_words import amount, capitalised, counted, names, periods, price, spans, who

Kind = SequenceRule.Kind


def sequence_rule(row: SequenceRule) -> str:
    """ "No PGY-1 residents are on Night float twice in a row", by the numbers that the solver takes."""
    return capitalised(_WORDS[Kind(row.kind)](row))


def sequence_detail(row: SequenceRule) -> str:
    parts = [row.name]
    if row.kind == Kind.IN_A_ROW:
        parts.append(f"each time is worth {price(abs(1.0 if row.price is None else row.price))}")
    elif row.price is not None:
        parts.append(f"breaking it once costs {price(row.price)}")
    return " · ".join(parts)


def _people(row: SequenceRule) -> str:
    return who(row.levels, row.track)


def _there(row: SequenceRule) -> str:
    return names(list(row.rotations.all()), "or")


def _next(row: SequenceRule) -> str:
    return names(list(row.next_rotations.all()), "or") if row.next_rotations.all() else ""


def _when(row: SequenceRule) -> str:
    """Where the first of the periods in a row may lie, with a blank before it; blank for anywhere."""
    if row.starts:
        return f", beginning in {'period' if len(row.starts) == 1 else 'periods'} {spans(row.starts)}"
    bounds = periods(row.first_period, row.last_period)
    return f", beginning {bounds}" if bounds else ""


def _not_in_a_row(row: SequenceRule) -> str:
    if following := _next(row):
        return f"no {_people(row)} go straight from {_there(row)} to {following}{_when(row)}"
    return f"no {_people(row)} are on {_there(row)} two periods in a row{_when(row)}"


def _in_a_row(row: SequenceRule) -> str:
    if following := _next(row):
        return f"{_people(row)} rather go from {_there(row)} straight to {following}{_when(row)}"
    return f"{_people(row)} rather stay on {_there(row)} for two periods in a row{_when(row)}"


def _gap(row: SequenceRule) -> str:
    back = _next(row)
    then = f"come to {back}" if back else "come back"
    off = counted(row.window or 0, "period")
    return f"no {_people(row)} leave {_there(row)} and {then} after just {off} elsewhere{_when(row)}"


def _at_most(row: SequenceRule) -> str:
    window = f"in any {row.window} periods" if row.window else "in the year"
    return f"{_people(row)} have at most {counted(row.most or 0, 'period')} of {_there(row)} {window}"


def _only_in(row: SequenceRule) -> str:
    return f"{_people(row)} are on {_there(row)} only {_some(row)}"


def _must_be_in(row: SequenceRule) -> str:
    return f"{_people(row)} are on {_there(row)} {_some(row)}"


def _some(row: SequenceRule) -> str:
    if row.starts:
        return f"in {'period' if len(row.starts) == 1 else 'periods'} {spans(row.starts)}"
    return periods(row.first_period, row.last_period) or "in every period"


def _stint(row: SequenceRule) -> str:
    number = row.most if row.most is not None else (row.fewest or 1)
    word = "period" if number == 1 else "periods"
    return f"{_people(row)} stay on {_there(row)} for {amount(row.fewest or 1, row.most)} {word} at a time"


_WORDS = {
    Kind.NOT_IN_A_ROW: _not_in_a_row,
    Kind.IN_A_ROW: _in_a_row,
    Kind.AT_MOST: _at_most,
    Kind.GAP: _gap,
    Kind.ONLY_IN: _only_in,
    Kind.MUST_BE_IN: _must_be_in,
    Kind.STINT: _stint,
}
