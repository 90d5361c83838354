"""The settings of a worker that a test starts and kills: it sends a message, and then does not come back.

The server is the one that the environment names, as in an installation.
"""

from scheduler_site.settings import mailers
from tests.settings import *  # noqa: F403

MAILERS = mailers()
MAILERS["default"]["BACKEND"] = "tests.people.slow_mailer.SlowBackend"
