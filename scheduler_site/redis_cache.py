"""Redis as the cache of a site that goes on without it.

A request asks the cache several times. Where Redis is gone each of these would wait for a connection, a second each
from a host that drops packets, and write a trace into the log. So after a failure this process does not ask for a few
seconds, and says once a minute that it does not.
"""

import logging
import threading
import time
from typing import Any

from django_redis.cache import RedisCache
from django_redis.exceptions import ConnectionInterrupted
from redis import RedisError

logger = logging.getLogger(__name__)

PAUSE = 5.0  # seconds without asking, after a failure
SAID = 60.0  # seconds between two lines of the log about it


class Breaker:
    """Knows whether Redis failed a moment ago. One for the process: a cache object is of one thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        self._until = self._said = float("-inf")
        self.is_down = False

    @property
    def is_open(self) -> bool:
        """Whether Redis is not to be asked."""
        return self.is_down and time.monotonic() < self._until

    def exception(self, _message: str) -> None:
        """Called by django-redis, in place of a logger, for each failure that it hides."""
        now = time.monotonic()
        with self._lock:
            if self.is_open:
                return
            self.is_down, self._until = True, now + PAUSE
            if now - self._said < SAID:
                return
            self._said = now
        logger.warning("Redis does not answer: the site goes on without it, slower", exc_info=False)

    def close(self) -> None:
        """Redis answers."""
        if self.is_down:
            self.reset()
            logger.warning("Redis answers again")


breaker = Breaker()


class Cache(RedisCache[Any]):
    """django-redis's, which asks nothing while the breaker is open."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._log_ignored_exceptions = True
        self.logger = breaker

    @property
    def client(self) -> Any:
        if breaker.is_open:
            raise ConnectionInterrupted(connection=None)
        return super().client

    def ping(self) -> bool:
        """Whether Redis answers now, whatever the breaker thinks; if so, it is asked again."""
        try:
            answers = bool(super().client.get_client().ping())
        except (RedisError, ConnectionInterrupted, OSError):
            breaker.exception("no answer to a ping")
            return False
        breaker.close()
        return answers
