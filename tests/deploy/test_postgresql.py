"""PostgreSQL's files for three sizes of machine: the same settings, and servers start with them."""

import re

import pytest

from tests.deploy.files import DEPLOY, SIZES, postgresql
from tests.services.postgres import connect

UNITS = {"kB": 1, "MB": 1024, "GB": 1024**2}
# What differs by the machine's memory and cores; everything else is the same everywhere.
BY_SIZE = {
    *("max_connections", "shared_buffers", "effective_cache_size", "work_mem", "maintenance_work_mem"),
    *("autovacuum_work_mem", "wal_buffers", "max_wal_size", "min_wal_size", "log_temp_files"),
    *("max_worker_processes", "max_parallel_workers", "max_parallel_workers_per_gather"),
    *("max_parallel_maintenance_workers", "default_statistics_target"),
    *("autovacuum_naptime", "autovacuum_max_workers", "autovacuum_vacuum_cost_limit"),
}
MEMORY_GB = {"small": 1, "medium": 4, "large": 32}  # what the database has for itself at least


def kilobytes(text: str) -> int:
    found = re.fullmatch(r"(\d+)(kB|MB|GB)", text)
    assert found is not None, text
    return int(found[1]) * UNITS[found[2]]


def test_all_sizes_have_the_same_settings_in_the_same_order():
    small, medium, large = map(postgresql, SIZES)
    assert list(small) == list(medium) == list(large)
    assert {name for name in small if not small[name] == medium[name] == large[name]} <= BY_SIZE


@pytest.mark.parametrize("size", SIZES)
def test_memory_fits_the_machine(size):
    settings, has = postgresql(size), MEMORY_GB[size] * 1024**2
    assert kilobytes(settings["shared_buffers"]) * 4 <= has * 1.5
    # All that PgBouncer lets in at once, each with two sorts, beside the buffers.
    said = re.search(r"PgBouncer opens (\d+)", (DEPLOY / "postgresql" / f"{size}.conf").read_text())
    assert said is not None
    pool = int(said[1])
    assert kilobytes(settings["shared_buffers"]) + 2 * pool * kilobytes(settings["work_mem"]) <= has
    assert pool < int(settings["max_connections"]) - int(settings["superuser_reserved_connections"])
    assert int(settings["max_parallel_workers"]) <= int(settings["max_worker_processes"])


@pytest.mark.parametrize("size", SIZES)
def test_a_server_starts_with_it_and_takes_every_line(cluster, size):
    # The buffers alone are made smaller: whoever runs the tests need not have 32 GB.
    with cluster.serve(size, shared_buffers="32MB") as socket, connect(socket) as connection:
        taken = connection.execute("SELECT name FROM pg_file_settings WHERE applied").fetchall()
        assert {name for (name,) in taken} == set(postgresql(size)) - {"shared_buffers"}
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        assert connection.execute("SELECT count(*) > 0 FROM pg_stat_statements").fetchone() == (True,)
