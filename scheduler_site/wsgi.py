import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "scheduler_site.settings")
# No page takes that long, while a worker's statements may: only web processes come here.
os.environ.setdefault("DB_STATEMENT_TIMEOUT", "30")
CANNOT_BOOT = 3  # by which gunicorn ends instead of starting such a process for ever
try:
    application = get_wsgi_application()
except ImproperlyConfigured as error:
    sys.stderr.write(f"{error} What the site is told by its environment is in README.md.\n")
    sys.exit(CANNOT_BOOT)
