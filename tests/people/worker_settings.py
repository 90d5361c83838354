"""The settings of a worker that a test starts and kills: after its first message it takes for ever to say so.

The file that WORKER_BEGUN names is there once it has sent that. Models cannot be imported while settings are read, so
the mailer does it: it has sent, and then it sleeps.
"""

from tests.settings import *  # noqa: F403

MAILERS["default"]["BACKEND"] = "tests.people.slow_mailer.SlowBackend"  # noqa: F405
