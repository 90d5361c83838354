"""The page cache as it is installed: what tests write behind the services' backs is not seen by it."""

import pytest


@pytest.fixture(autouse=True)
def _what_tests_write_is_seen() -> None:
    """Takes the place of the one for all other tests."""
