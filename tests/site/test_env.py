"""Settings come from the environment; a wrong value is named, with what was expected."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from scheduler_site import env


def test_text_comes_from_the_variable_before_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("from the file\n")
    monkeypatch.setenv("PASSWORD_FILE", str(secret))
    assert env.text("PASSWORD", "default") == "from the file"
    monkeypatch.setenv("PASSWORD", "from the variable")
    assert env.text("PASSWORD", "default") == "from the variable"


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
    with pytest.raises(ImproperlyConfigured, match=r"^NUMBER='seven': expected a whole number\.$"):
        env.number("NUMBER", 3)


def test_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORDS", " a.example.org, b.example.org ,")
    assert env.words("WORDS") == ["a.example.org", "b.example.org"]
