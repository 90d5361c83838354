"""Settings come from the environment; a wrong value is named, with what was expected."""

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from scheduler_site import env

ROOT = Path(__file__).resolve().parents[2]


def test_text_comes_from_the_variable_before_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("from the file\n")
    monkeypatch.setenv("PASSWORD_FILE", str(secret))
    assert env.text("PASSWORD", "default") == "from the file"
    monkeypatch.setenv("PASSWORD", "from the variable")
    assert env.text("PASSWORD", "default") == "from the variable"


def test_an_empty_variable_hides_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PASSWORD", "")
    assert env.text("PASSWORD", "default") == ""
    secret = tmp_path / "secret"
    secret.write_text("from the file\n")
    monkeypatch.setenv("PASSWORD_FILE", str(secret))
    assert env.text("PASSWORD", "default") == "from the file"


def test_text_without_either_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PASSWORD", raising=False)
    monkeypatch.delenv("PASSWORD_FILE", raising=False)
    assert env.text("PASSWORD", "default") == "default"


def test_a_file_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSWORD_FILE", "/nowhere/secret")
    with pytest.raises(ImproperlyConfigured, match=r"^PASSWORD_FILE: cannot read /nowhere/secret \(No such file"):
        env.text("PASSWORD")


@pytest.mark.parametrize(
    ("value", "expected"), [("1", True), ("Yes", True), ("on", True), ("0", False), ("FALSE", False)]
)
def test_flag(monkeypatch: pytest.MonkeyPatch, value: str, expected: bool) -> None:
    monkeypatch.setenv("FLAG", value)
    assert env.flag("FLAG", default=not expected) is expected


def test_an_empty_flag_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLAG", "")
    assert env.flag("FLAG", default=True) is True


def test_a_flag_that_is_neither_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLAG", "maybe")
    with pytest.raises(ImproperlyConfigured, match=r"^FLAG='maybe': expected 1, true, yes, on or 0, false, no, off\.$"):
        env.flag("FLAG", default=True)


def test_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBER", "7")
    assert env.number("NUMBER", 3) == 7
    monkeypatch.setenv("NUMBER", "")
    assert env.number("NUMBER", 3) == 3
    monkeypatch.setenv("NUMBER", "seven")
    for wrong in ("seven", "-1", "0"):
        monkeypatch.setenv("NUMBER", wrong)
        with pytest.raises(ImproperlyConfigured, match=rf"^NUMBER='{wrong}': expected a whole number of at least 1\.$"):
            env.number("NUMBER", 3, least=1)
    monkeypatch.setenv("NUMBER", "65536")
    with pytest.raises(ImproperlyConfigured, match=r"^NUMBER='65536': expected a whole number from 1 to 65535\.$"):
        env.port("NUMBER", 3)


def test_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORDS", " a.example.org, b.example.org ,")
    assert env.words("WORDS") == ["a.example.org", "b.example.org"]


def run(*command: str, **environment: str) -> tuple[int, str]:
    """The exit status, and all that was said."""
    told = {"PATH": os.environ["PATH"], "SECRET_KEY": "secret"} | environment
    done = subprocess.run(command, cwd=ROOT, env=told, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


NONSENSE = {
    "LOG_LEVEL": ("blah", "LOG_LEVEL='blah': expected DEBUG, INFO, WARNING, ERROR or CRITICAL."),
    "LOG_FORMAT": ("xml", "LOG_FORMAT='xml': expected line or json."),
    "DB": ("mysql", "DB='mysql': expected sqlite or postgresql."),
    "TIME_ZONE": ("Mars/X", "TIME_ZONE='Mars/X': expected a time zone such as America/New_York."),
    "PROMETHEUS_MULTIPROC_DIR": (
        "/dev/null/metrics",
        "PROMETHEUS_MULTIPROC_DIR: cannot make the folder /dev/null/metrics (Not a directory).",
    ),
    "REDIS_URL": ("nonsense", "REDIS_URL: expected an address that begins with one of redis://, rediss://, unix://."),
    "WORKER_METRICS_PORT": ("abc", "WORKER_METRICS_PORT='abc': expected a port from 1 to 65535, or address:port."),
    "SESSION_HOURS": ("-5", "SESSION_HOURS='-5': expected a whole number of at least 1."),
}


@pytest.mark.parametrize("name", NONSENSE)
def test_nonsense_is_one_sentence_that_names_the_variable(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The settings are read anew, as a new process would."""
    value, words = NONSENSE[name]
    monkeypatch.setenv("SECRET_KEY", "secret")
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured) as error:
        runpy.run_path(str(ROOT / "scheduler_site" / "settings.py"))
    assert str(error.value) == words


@pytest.mark.parametrize(
    ("command", "code"),
    [(("manage.py", "createsuperuser"), 1), (("-c", "import scheduler_site.wsgi"), 3)],
)
def test_whoever_starts_the_site_is_told_so_without_a_trace(command: tuple[str, ...], code: int) -> None:
    said = "DB_PORT='x': expected a whole number from 1 to 65535. What the site is told by its environment is in README"
    assert run(sys.executable, *command, DB="postgresql", DB_PORT="x") == (code, f"{said}.md.\n")
