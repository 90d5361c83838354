"""The real settings, with the few values that a test run needs. Database and cache come from the environment."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("SECRET_KEY", "only-for-tests")

from scheduler_site.settings import *  # noqa: F403
from scheduler_site.settings import DATABASES, STORAGES

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as in an installation: in memory all threads would share one connection and never wait for a lock.
    name = f"scheduler-test-{os.getpid()}.sqlite3"
    DATABASES["default"]["TEST"] = {"NAME": str(Path(tempfile.gettempdir()) / name)}

# No mail, also where DEBUG is set: tests of mail set it up themselves.
MAILERS = {}

# Signing in a thousand times need not be slow.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Static files are served from where they lie: collectstatic, which gives them their hashed names, takes a while.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
