"""Where nothing can be worked within a person's limits: which of them give way.

Pins and leave are kept whatever they break, so together with the limits they may leave no line. The limits are
given up in the order below: one alone if that is enough, else one after another.
"""

from dataclasses import replace

import numpy as np

from scheduling.solver.stretch.network import Network, Scratch, Terms, line_cost

# What gives way, and how it is said.
ORDER = {
    "fewest_minutes": "fewest minutes",
    "fewest_run": "fewest days worked in a row",
    "fewest_rest": "fewest days off in a row",
    "most_weekends": "most weekends",
    "most_of_type": "most shifts of a type",
    "most_run": "most days worked in a row",
    "most_minutes": "most minutes",
    "follows": "shifts that may not follow one another",
}


def workable(terms: Terms, scratch: Scratch) -> tuple[Network, tuple[str, ...]]:
    """A network with at least one line, and the limits given up for it (empty in nearly every case)."""
    network = Network(terms, scratch)
    if has_line(network):
        return network, ()
    for name in ORDER:
        eased = Network(_without(terms, name), scratch)
        if has_line(eased):
            return _most_of(eased, terms, name), (ORDER[name],)
    given_up: list[str] = []
    for name, words in ORDER.items():
        terms = _without(terms, name)
        given_up.append(words)
        network = Network(terms, scratch)
        if has_line(network):
            break
    return network, tuple(given_up)


def has_line(network: Network) -> bool:
    """Whether the network holds any line."""
    return network.best(np.zeros(network.terms.allowed.shape)) is not None


def _without(terms: Terms, name: str) -> Terms:
    if name == "fewest_minutes":
        return replace(terms, fewest_minutes=0)
    if name == "fewest_run":
        return replace(terms, fewest_run=1)
    if name == "fewest_rest":
        return replace(terms, fewest_rest=1)
    if name == "most_weekends":
        return replace(terms, most_weekends=None)
    if name == "most_of_type":
        return replace(terms, most_of_type={})
    if name == "most_run":
        return replace(terms, most_run=None)
    if name == "most_minutes":
        return replace(terms, most_minutes=None)
    return replace(terms, follows=np.ones_like(terms.follows))


def _most_of(eased: Network, terms: Terms, name: str) -> Network:
    """Too many minutes were wanted: as many as can be."""
    if name != "fewest_minutes":
        return eased
    length = np.array([terms.minutes[t] for t in terms.option_type], dtype=np.float64)
    worth = np.broadcast_to(-length, terms.allowed.shape)
    line = eased.best(worth)
    assert line is not None
    return Network(replace(terms, fewest_minutes=int(-line_cost(line, worth))), eased.scratch)
