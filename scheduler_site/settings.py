"""One settings file for every installation; what differs is read from the environment (table in README.md)."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from scheduler_site import env

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = env.text("SECRET_KEY", "insecure-key-for-a-laptop-only" if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("Set SECRET_KEY (or SECRET_KEY_FILE), or DEBUG=1 to try the site on a laptop.")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "people",
    "absences",
    "scheduling",
    "reports",
    "scheduler_site",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "django_ox",
]

MIDDLEWARE = [
    "scheduler_site.probes.probes",
    "scheduler_site.logs.numbered",
    "scheduler_site.measuring.measured",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "scheduler_site.middleware.permissions_policy",
    "scheduler_site.middleware.refuse_null_characters",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "scheduler_site.caching.PageCache",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "scheduler_site.middleware.htmx_login_redirect",
    "scheduler_site.middleware.time_zone_of_the_request",
]

ROOT_URLCONF = "scheduler_site.urls"
WSGI_APPLICATION = "scheduler_site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["people.templatetags.site"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "people.masking.csrf",
            ],
        },
    },
]


# A server that is gone without a word, such as behind a cut cable, is noticed within seconds, not within a quarter of
# an hour as is usual.
AWAY = {"connect_timeout": 5, "tcp_user_timeout": 15_000, "keepalives_idle": 30, "keepalives_interval": 10}


def limits() -> dict[str, str]:
    """What PostgreSQL is to break off in web processes, which say so by DB_STATEMENT_TIMEOUT: a page nobody waits for
    any longer must not keep others from theirs. PgBouncer takes no such options, and has its own (pgbouncer-start)."""
    seconds = env.number("DB_STATEMENT_TIMEOUT", 0)
    if not seconds:
        return {}
    limits = {"statement_timeout": seconds, "lock_timeout": seconds // 2, "idle_in_transaction_session_timeout": 60}
    return {"options": " ".join(f"-c {name}={value}s" for name, value in limits.items())}


def database() -> dict[str, Any]:
    """SQLite unless DB=postgresql. Raises ImproperlyConfigured for another name."""
    if env.choice("DB", "sqlite", "sqlite", "postgresql") == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": env.text("DB_NAME", str(BASE_DIR / "scheduler.sqlite3")),
            "OPTIONS": {
                # The site and its worker write to one file: readers never wait (WAL), writers queue for
                # the lock at the start of their transaction instead of failing in the middle of it.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
        }
    pooled = env.flag("DB_POOL", default=True)
    # After an outage whoever comes has a connection tried at once: the pool itself tries ever more rarely.
    pool = {"min_size": 1, "max_size": env.number("DB_POOL_SIZE", 8, least=1), "timeout": 3, "reconnect_timeout": 2}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": env.text("DB_NAME", "scheduler"),
        "USER": env.text("DB_USER", "scheduler"),
        "PASSWORD": env.text("DB_PASSWORD"),
        "HOST": env.text("DB_HOST", "127.0.0.1"),
        "PORT": env.port("DB_PORT", 5432),
        "OPTIONS": AWAY | ({"pool": pool} | limits() if pooled else {}),
        # To PgBouncer each thread keeps its connection, since a new one costs as much as a page (the proof of the
        # password); at the start of a request it is tried, and made anew if one of the two was restarted.
        "CONN_MAX_AGE": 0 if pooled else 60,
        "CONN_HEALTH_CHECKS": not pooled,
        # PgBouncer in transaction mode gives the next statement another connection.
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }


DATABASES = {"default": database()}
DATABASE_ROUTERS: list[str] = []
if replica := env.text("DB_REPLICA_HOST"):
    # Heavy pages are read from it (scheduler_site/replica.py): few connections, so neither pool nor PgBouncer.
    place = {
        "HOST": replica,
        "PORT": env.port("DB_REPLICA_PORT", 5432),
        "OPTIONS": AWAY | {"connect_timeout": 2} | limits(),
    }
    DATABASES["replica"] = DATABASES["default"] | place | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    DATABASE_ROUTERS.append("scheduler_site.replica.Router")
    MIDDLEWARE.append("scheduler_site.replica.heavy_pages")
SILENCED_SYSTEM_CHECKS = ["models.W040"]  # SQLite leaves out the extra columns of a covering index: only slower
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.address("REDIS_URL", "redis", "rediss", "unix")
CACHES: dict[str, dict[str, Any]] = {
    "default": (
        {
            "BACKEND": "scheduler_site.redis_cache.Cache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "scheduler",
            "OPTIONS": {
                # Without Redis the site goes on, slower: sessions are in the database.
                "IGNORE_EXCEPTIONS": True,
                "SOCKET_CONNECT_TIMEOUT": 0.5,
                "SOCKET_TIMEOUT": 1,
                "PASSWORD": env.text("REDIS_PASSWORD") or None,  # else the one in the address, if any
            },
        }
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}
SESSION_ENGINE = "scheduler_site.sessions"

# Where the site is, for links in mail: there is no request to read it from.
SITE_URL = env.text("SITE_URL", "http://127.0.0.1:8000" if DEBUG else "").rstrip("/")
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", f"schedule@{urlsplit(SITE_URL).hostname or 'localhost'}")


def mailers() -> dict[str, dict[str, Any]]:
    """No mailer, so no mail, without EMAIL_HOST; on a laptop what would be sent is printed.

    Raises ImproperlyConfigured for a mail server without SITE_URL.
    """
    host = env.text("EMAIL_HOST")
    if not host:
        return {"default": {"BACKEND": "django.core.mail.backends.console.EmailBackend"}} if DEBUG else {}
    if urlsplit(SITE_URL).scheme not in {"http", "https"} or not urlsplit(SITE_URL).hostname:
        raise ImproperlyConfigured("Set SITE_URL, such as https://schedule.example.org: mail has links to the site.")
    options = {
        "host": host,
        "port": env.number("EMAIL_PORT", 0, most=65535) or None,  # else the usual one: 25, 587 with TLS, 465 with SSL
        "username": env.text("EMAIL_HOST_USER"),
        "password": env.text("EMAIL_HOST_PASSWORD"),
        "use_tls": env.flag("EMAIL_USE_TLS", default=False),
        "use_ssl": env.flag("EMAIL_USE_SSL", default=False),
        "timeout": 15,
    }
    return {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}


MAILERS = mailers()
if not MAILERS:
    SILENCED_SYSTEM_CHECKS.append("mail.W001")  # a site without mail: nothing is sent, and its pages say so
# Daily messages, what failed before, and what a killed worker left; mail of the moment has tasks of its own.
MAIL_ROUNDS = {"mail": {"task": "people.tasks.send_notices", "cron": "*/5 * * * *"}}
ROUNDS = {
    # Midnight is at another hour in each program's zone.
    "people of today": {"task": "scheduling.tasks.people_of_today", "cron": "5 * * * *"},
    "forget finished tasks": {"task": "people.tasks.forget_finished_tasks", "cron": "30 3 * * *"},
}

TASKS: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django_ox.backend.OxBackend",
        # Generations take minutes, inquiries seconds: somebody looks at the page and waits for these. Mail waits for
        # its server.
        "QUEUES": ["default", "inquiries", "mail"],
        "OPTIONS": {
            # A worker that died is noticed after this many seconds; a living one renews its lease all the time.
            "LOCK_TIMEOUT": env.number("WORKER_LOCK_TIMEOUT", 30, least=1),
            "MAX_ATTEMPTS": 3,
            "WORKER_CLASS": "scheduler_site.workers.Worker",
            "SCHEDULES": ROUNDS | MAIL_ROUNDS if MAILERS else ROUNDS,
        },
    }
}

# The page of a new academic year sends six fields for each person, and the calendar two for each cell of 5,000 at most.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_100

AUTH_USER_MODEL = "people.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"

LANGUAGE_CODE = "en"
USE_I18N = False
USE_TZ = True
TIME_ZONE = env.zone("TIME_ZONE", "UTC")  # each program has its own; this one is for the admin and the logs

STATIC_URL = "static/"
STATIC_ROOT = env.text("STATIC_ROOT", str(BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}

# Nothing inline anywhere, so no nonces, which a cached page could not carry.
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "base-uri": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
}
HTTPS = env.flag("HTTPS", default=False)
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("BEHIND_PROXY", default=False) else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True  # scripts take the token from the page's form
SESSION_COOKIE_AGE = env.number("SESSION_HOURS", 14 * 24, least=1) * 3600
X_FRAME_OPTIONS = "DENY"

# The field acts on 0.2 s (health), 0.5 s (one record), 1 s (lists), 5 s (pages) and 30 s (exports).
PROMETHEUS_LATENCY_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, float("inf"))
METRICS_ALLOW = env.networks("METRICS_ALLOW", "127.0.0.0/8,::1")
WORKER_METRICS_PORT = env.listener("WORKER_METRICS_PORT")  # [address:]port at which a worker answers scrapes
env.folder("PROMETHEUS_MULTIPROC_DIR")  # prometheus_client fails where there is no such folder

LOG_FORMAT = env.choice("LOG_FORMAT", "line", "line", "json")
LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "facts": {"()": "scheduler_site.logs.Facts"},
        "without_traces": {"()": "scheduler_site.errors.WithoutTraces"},
    },
    "formatters": {
        "line": {
            "()": "scheduler_site.logs.Line",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        },
        "json": {"()": "scheduler_site.logs.Json"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["facts", "without_traces"],
        },
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    # Django's own handlers would say the same once more; and so would the worker's, in words of its own, had it none.
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},
        "django_ox": {"handlers": ["console"], "propagate": False},
    },
}
