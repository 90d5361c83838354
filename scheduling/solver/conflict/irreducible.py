"""A smallest set of things that cannot all hold."""

from collections.abc import Callable, Sequence


def irreducible[G](groups: Sequence[G], can_hold: Callable[[Sequence[G]], bool]) -> list[G]:
    """An irreducible part of the groups that cannot all hold: without any one of its members the others can.

    QuickXplain: U. Junker, "QuickXplain: preferred explanations and relaxations for over-constrained problems", AAAI
    2004. It asks `can_hold` about k * log2(n / k) times for k members among n. Where there are several such parts, it
    is one of those that come first in the order of the groups, so put first what people would rather hear of.

    `groups` together must not be able to hold, and more groups must never be easier to hold than fewer. Where
    `can_hold` does not know it may say yes: the part returned is then a conflict still, but perhaps not irreducible.
    """
    if not can_hold(()):
        return []
    return _explain([], [], list(groups), can_hold)


def filtered[G](groups: Sequence[G], can_hold: Callable[[Sequence[G]], bool]) -> list[G]:
    """The same by the deletion filter (J. Chinneck and E. Dravnieks, ORSA Journal on Computing 3, 1991): each group in
    turn, the last first, goes if the others contradict each other without it. It asks `can_hold` once for each, which
    is less where most of the groups are needed."""
    kept = list(groups)
    for group in reversed(groups):
        others = [each for each in kept if each != group]
        if not can_hold(others):
            kept = others
    return kept


def _explain[G](
    background: list[G], added: list[G], groups: list[G], can_hold: Callable[[Sequence[G]], bool]
) -> list[G]:
    """What of `groups` is needed to contradict the background, of which `added` came last."""
    if added and not can_hold(background):
        return []
    if len(groups) == 1:
        return groups
    half = len(groups) // 2
    first, second = groups[:half], groups[half:]
    of_second = _explain(background + first, first, second, can_hold)
    of_first = _explain(background + of_second, of_second, first, can_hold)
    return of_first + of_second
