"""`make test` counts truly, and when it is interrupted it leaves no server behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.run import ROOT, STAGES, Count, counted, main

SLEEPING = """
import os, pathlib, time, pytest

@pytest.mark.database
def test_sleep():
    pathlib.Path({told!r}).write_text(os.environ["DB_HOST"] + " " + os.environ["REDIS_URL"])
    time.sleep(60)
"""


def test_skipped_tests_count_as_failed(tmp_path: Path):
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuites><testsuite tests="10" failures="2" errors="1" skipped="3"/><testsuite tests="5"/></testsuites>'
    )
    assert counted(report) == Count(passed=9, failed=6)
    assert str(counted(report)) == "9 passed, 6 failed"


def test_an_unknown_stage_is_named_with_those_there_are(capsys: pytest.CaptureFixture[str]):
    assert main(["oracle"]) == 2
    assert capsys.readouterr().out == (
        "No stage is called oracle: choose from checks, sqlite, postgresql, browser, stack."
        " Pytest's own arguments go after --.\n"
    )


def test_an_interrupted_run_leaves_no_server_behind(tmp_path: Path):
    told = tmp_path / "told"
    sleeping = tmp_path / "test_sleeping.py"
    sleeping.write_text(SLEEPING.format(told=str(told)))
    arguments = ["-c", str(ROOT / "pyproject.toml"), str(sleeping)]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.run", "postgresql", "--", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 120
        while not (told.exists() and told.read_text()):
            assert process.poll() is None, process.stdout and process.stdout.read()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C does
        process.wait(60)
    finally:
        process.kill()
        output = process.communicate()[0]
    assert process.returncode == 128 + signal.SIGINT
    assert "Stopping." in output
    postgres, redis = told.read_text().split()
    assert not Path(postgres).exists()
    assert not Path(redis.removeprefix("unix://")).parent.exists()


QUICK = """
import pytest

@pytest.mark.database
@pytest.mark.parametrize("right", [True, False])
def test_counted_in_each_stage_that_takes_it(right):
    assert right
"""


def test_all_stages_run_side_by_side_and_are_counted_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Two tests of the database, one that fails: both run on both; browser and stack fail, since they find none."""
    quick = tmp_path / "test_quick.py"
    quick.write_text(QUICK)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(STAGES, "checks", lambda _run: Count(0, 0))
        assert main(["--", "-c", str(ROOT / "pyproject.toml"), str(quick)]) == 1
    lines = capsys.readouterr().out.rstrip().splitlines()
    assert lines[-1] == "2 passed, 4 failed"
    stages = tuple(f"{stage} " for stage in STAGES)
    assert sorted(line.split()[0] for line in lines if line.startswith(stages)) == sorted(STAGES)
