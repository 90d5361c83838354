"""How many examples a property test draws."""

from django.conf import settings

ON_POSTGRESQL = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")


def of_the_database(most: int) -> int:
    """All of them on PostgreSQL; on SQLite a third, at least three.

    What such a test says is the same on both, and the examples on SQLite are among those on PostgreSQL, so there they
    only have to show what SQLite itself does otherwise. They are the slowest tests of all.
    """
    return most if ON_POSTGRESQL else max(3, most // 3)
