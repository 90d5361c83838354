import pytest

from scheduling.services import beat
from tests.scheduling.fake_solvers import solvers
from tests.scheduling.small import Small

__all__ = ["small", "solvers"]


@pytest.fixture
def small() -> Small:
    """A program with all that a year and its roster need."""
    return Small()


@pytest.fixture(autouse=True)
def _quick_pulse(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cancel is heard at once."""
    monkeypatch.setattr(beat, "SECONDS", 0.02)
