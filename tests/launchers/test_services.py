"""The throwaway servers come up, are what the site needs, and leave nothing behind."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
import redis as client

from tests.services import ServiceMissing
from tests.services.postgres import installations, postgres, wheel_installation
from tests.services.redis import redis

WHEEL = wheel_installation()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder into which every user of the machine may look: PostgreSQL does not run as root."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def broken_installation(folder: Path) -> Path:
    """An installation of PostgreSQL that is of no use."""
    for name, text in (("initdb", "echo No room. >&2; exit 1"), ("postgres", "exit 0")):
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    return folder


@pytest.mark.parametrize("installation", [*installations(), WHEEL], ids=str)
def test_postgres_is_as_the_site_needs_it_and_goes_away(installation: Path):
    with postgres([installation]) as environment:
        socket = Path(environment["DB_HOST"])
        with psycopg.connect(host=str(socket), user=environment["DB_USER"], dbname="postgres") as connection:
            connection.execute("CREATE EXTENSION btree_gist")
            assert connection.info.server_version >= 150_000
    assert not socket.exists()


def test_postgres_runs_from_a_folder_that_only_its_owner_may_enter(tmp_path: Path):
    assert tmp_path.stat().st_mode & 0o077 == 0
    package = WHEEL.parent.parent
    for folder in (package, package.with_suffix(".libs")):
        (tmp_path / folder.name).symlink_to(folder)
    with postgres([tmp_path / WHEEL.relative_to(package.parent)]) as environment:
        assert Path(environment["DB_HOST"]).is_dir()


def test_an_installation_that_does_not_work_is_passed_over(open_folder: Path):
    with postgres([broken_installation(open_folder), WHEEL]) as environment:
        assert environment["DB"] == "postgresql"


def test_that_no_installation_works_is_said_in_one_line(open_folder: Path):
    with pytest.raises(ServiceMissing) as caught, postgres([broken_installation(open_folder)]):
        pass
    reason = f"{open_folder}/initdb failed: No room."
    assert str(caught.value) == f"No PostgreSQL for the tests ({reason}). Install PostgreSQL 15 or newer."


def test_an_error_inside_ends_the_server_and_is_not_hidden():
    sockets = []

    def fail(environment: dict[str, str]) -> None:
        sockets.append(Path(environment["DB_HOST"]))
        raise ServiceMissing("No Redis")

    with pytest.raises(ServiceMissing, match="No Redis"), postgres() as environment:
        fail(environment)
    assert [socket.exists() for socket in sockets] == [False]


def test_redis_answers_and_goes_away():
    with redis() as environment:
        with client.Redis.from_url(environment["REDIS_URL"]) as connection:
            assert connection.set("key", "value") is True
            assert connection.get("key") == b"value"
        socket = Path(environment["REDIS_URL"].removeprefix("unix://").partition("?")[0])
        assert socket.is_socket()
    assert not socket.parent.exists()


def test_a_redis_that_does_not_start_says_why(tmp_path: Path):
    server = tmp_path / "redis-server"
    server.write_text("#!/bin/sh\necho Out of luck.\n")
    server.chmod(0o755)
    with pytest.raises(ServiceMissing) as caught, redis(server):
        pass
    assert str(caught.value) == f"{server} did not start: Out of luck."
