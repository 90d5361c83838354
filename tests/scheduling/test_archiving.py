"""A year that is over: what stays, what moves to a file, broken off at any point, and back again."""

import gzip
import hashlib
import io
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import models
from django.test import Client

from people.models import AuditLog, Person
from scheduling.models import (
    Assignment,
    Cover,
    Edit,
    GenerationRun,
    Inquiry,
    RotationAssignment,
    Schedule,
)
from scheduling.services import archive_file, archiving, cover_ledger, fairness, generate
from scheduling.services.archive_rows import lines_of
from scheduling.services.drafts import new_draft
from scheduling.services.restoring import restore
from tests.factories import make_person, make_schedule, make_year, place, work
from tests.scheduling.small import Small

pytestmark = pytest.mark.django_db
LATER = datetime(2026, 9, 15, 12, tzinfo=UTC)  # the year of Small ended on 25 August
DAY = date(2026, 7, 7)
TABLES: tuple[type[models.Model], ...] = (
    Schedule, RotationAssignment, Assignment, Edit, GenerationRun, Inquiry, Cover,
)  # fmt: skip


class Past:
    """A year that is over: version 1 was replaced by 2; 3 is a draft of 2, and 4 a sandbox of that; the next year's
    version 5 is published. Bo covered for Ana in 1 and Ana for Bo in 2; of the draft's cover nobody owes anything."""

    def __init__(self) -> None:
        self.small = small = Small()
        self.old = small.draft
        self.cy = make_person(small.program, "Cy", 1)
        self.published = self.version(base=self.old)
        self.draft = self.version(base=self.published)
        self.sandbox = self.version(base=self.draft, is_what_if=True)
        Schedule.objects.filter(pk=self.old.pk).update(status="archived", published_at=LATER)
        Schedule.objects.filter(pk=self.published.pk).update(status="published", published_at=LATER)
        self.first = self.cover(self.old, small.ana, small.bo)
        self.second = self.cover(self.published, small.bo, self.cy, pays_back=self.first)
        self.undone = self.cover(self.old, small.ana, self.cy, undone=True)
        self.drafted = self.cover(self.draft, small.ana, small.bo)
        GenerationRun.objects.create(schedule=self.old, status="succeeded", shortfalls=[{"a": 1}], claim=None)
        Inquiry.objects.create(schedule=self.draft, kind="fill", status="succeeded", revision=1, answer={"best": None})
        following = make_year(small.program, date(2026, 8, 26), date(2026, 10, 20))
        self.next = make_schedule(following, "published")
        work(self.next, small.ana, date(2026, 9, 1), small.day, small.ward)

    def version(self, base: Schedule, **values: Any) -> Schedule:
        small = self.small
        if not Assignment.objects.filter(schedule=base).exists():
            place(base, small.ana, 1, small.ward, pinned=True)
            work(base, small.ana, DAY, small.day, small.ward, note="Swapped", source="manual")
            work(base, small.bo, DAY, small.night, small.ward)
        made = new_draft(academic_year=small.year, user=small.coordinator, based_on=base, **values)
        work(made, small.bo, date(2026, 7, 10 + made.number), small.day, small.ward)
        return made

    def cover(
        self, schedule: Schedule, absent: Person, covering: Person, *, undone: bool = False, **values: Any
    ) -> Cover:
        cells = [{"person": covering.pk, "date": "2026-07-07", "shift": "D", "before": None, "after": None}]
        edit = Edit.objects.create(schedule=schedule, title="Cover", cells=cells, undone_at=LATER if undone else None)
        return Cover.objects.create(
            program=self.small.program, schedule=schedule, edit=edit, absent=absent, covering=covering, date=DAY,
            shift="Ward A, day", hours=12, **values,
        )  # fmt: skip


@pytest.fixture(autouse=True)
def _later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: LATER)


@pytest.fixture
def past(_later: None) -> Past:
    return Past()


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All rows, but for the revisions of what stays."""
    columns = {model: [each.attname for each in model._meta.concrete_fields] for model in TABLES}
    columns[Schedule].remove("revision")
    return {
        model.__name__: list(model._default_manager.order_by("pk").values_list(*names))
        for model, names in columns.items()
    }


def said(*arguments: Any) -> str:
    out = io.StringIO()
    call_command(*map(str, arguments), stdout=out)
    return out.getvalue()


def test_what_would_be_done_is_said_and_not_done(past: Past, tmp_path: Path) -> None:
    before = everything()
    expected = (
        "Internal Medicine, 2026, 2026-07-01 to 2026-08-25\n"
        "  stays as it was worked: version 2\n"
        "  moves to a file: version 1, archived\n"
        "  moves to a file: version 3, draft\n"
        "  moves to a file: version 4, sandbox\n"
        "  3 rotation assignments, 11 assignments, 3 edits, 1 generation runs, 1 inquiries with them\n"
        "  1 covers given in them stay in the ledger\n"
        "Nothing was done. With --into FOLDER it is done.\n"
    )
    assert said("archive_year", "internal-medicine", "2026") == expected
    assert said("archive_year", "internal-medicine", "2026", "--into", tmp_path, "--dry-run") == expected
    assert everything() == before
    assert list(tmp_path.iterdir()) == []


def test_the_published_version_stays_and_the_others_are_in_the_file(past: Past, tmp_path: Path) -> None:
    kept = list(Assignment.objects.filter(schedule=past.published).order_by("pk").values_list())
    said("archive_year", "internal-medicine", "2026", "--into", tmp_path)

    assert set(Schedule.objects.values_list("pk", flat=True)) == {past.published.pk, past.next.pk}
    assert list(Assignment.objects.filter(schedule=past.published).order_by("pk").values_list()) == kept
    gone = Schedule.objects.filter(pk__in=[past.old.pk, past.draft.pk, past.sandbox.pk])
    assert [model.objects.filter(schedule__in=gone).count() for model in (Assignment, Edit, GenerationRun)] == [0, 0, 0]
    path = tmp_path / "internal-medicine-2026-1.jsonl.gz"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert path.with_name(f"{path.name}.sha256").read_text() == f"{digest}  {path.name}\n"
    assert path.stat().st_mode & 0o777 == 0o600
    head = archiving.verify(path)
    assert [(each["number"], each["status"]) for each in head["versions"]] == [
        (1, "archived"), (3, "draft"), (4, "draft"),
    ]  # fmt: skip
    text = gzip.decompress(path.read_bytes()).decode()
    assert f'[{past.small.ana.pk}, "ana", "Ana"]' in text
    entry = AuditLog.objects.get(action="year archived")
    assert entry.changes == {"versions": [1, 3, 4], "file": path.name, "sha256": digest}
    assert AuditLog.objects.filter(action="archived version deleted").count() == 3
    assert "nothing is left to archive" in said("archive_year", "internal-medicine", "2026", "--into", tmp_path)


def test_there_and_back_everything_is_as_it_was(past: Past, tmp_path: Path) -> None:
    before, revisions = everything(), dict(Schedule.objects.values_list("pk", "revision"))
    archiving.archive(year=past.small.year, folder=tmp_path)
    assert everything() != before
    path = tmp_path / "internal-medicine-2026-1.jsonl.gz"
    found = restore(path=path, user=past.small.coordinator)
    assert [each.number for each in found] == [1, 3, 4]
    assert everything() == before
    # What was away has the revision that it had; what stayed was changed twice.
    assert dict(Schedule.objects.values_list("pk", "revision")) == revisions | {
        past.published.pk: revisions[past.published.pk] + 2
    }
    assert AuditLog.objects.filter(action="version restored from a file", user=past.small.coordinator).count() == 3
    # The same rows once more are the same file, but for what stayed being named.
    again = archiving.archive(year=past.small.year, folder=tmp_path)
    assert again == tmp_path / "internal-medicine-2026-2.jsonl.gz"
    assert again.read_bytes() == path.read_bytes()


def test_the_ledger_and_the_balances_stay_right(past: Past, tmp_path: Path) -> None:
    program = past.small.program
    owed, even = cover_ledger.balances(program), cover_ledger.settlements(program)
    shares = fairness.balances(past.next)
    assert owed == {past.small.ana.pk: -1, past.cy.pk: 1}
    assert even == {past.first.pk: past.second.pk, past.second.pk: past.first.pk}
    archiving.archive(year=past.small.year, folder=tmp_path)
    assert (cover_ledger.balances(program), cover_ledger.settlements(program)) == (owed, even)
    assert fairness.balances(past.next) == shares
    assert set(Cover.objects.values_list("pk", flat=True)) == {past.first.pk, past.second.pk}


class Killed(Exception):
    """The process is gone."""


@pytest.mark.parametrize("after", [0, 2, 4, 6, 13])
def test_broken_off_anywhere_it_is_run_again_and_completes(past: Past, tmp_path: Path, after: int) -> None:
    before, calls = everything(), 0
    real = archiving._delete_some

    def some(model: type[models.Model], version: Schedule, size: int) -> int:
        nonlocal calls
        calls += 1
        if calls > after:
            raise Killed
        return real(model, version, 2)

    with patch.object(archiving, "_delete_some", some), pytest.raises(Killed):
        archiving.archive(year=past.small.year, folder=tmp_path)
    said("archive_year", "internal-medicine", "2026", "--into", tmp_path)
    assert [path.name for path in sorted(tmp_path.glob("*.gz"))] == ["internal-medicine-2026-1.jsonl.gz"]
    assert set(Schedule.objects.values_list("pk", flat=True)) == {past.published.pk, past.next.pk}
    restore(path=tmp_path / "internal-medicine-2026-1.jsonl.gz")
    assert everything() == before


def test_deletion_goes_on_only_with_the_file_in_hand(past: Past, tmp_path: Path) -> None:
    with patch.object(archiving, "_delete", side_effect=Killed), pytest.raises(Killed):
        archiving.archive(year=past.small.year, folder=tmp_path / "first")
    rows = Assignment.objects.count()
    with pytest.raises(CommandError, match=r"internal-medicine-2026-1\.jsonl\.gz cannot be read"):
        said("archive_year", "internal-medicine", "2026", "--into", tmp_path / "other")
    assert Assignment.objects.count() == rows
    out = said("archive_year", "internal-medicine", "2026")
    assert "  is in a file, deletion goes on: version 1, archived\n" in out
    said("archive_year", "internal-medicine", "2026", "--into", tmp_path / "first")
    assert not Schedule.objects.filter(pk=past.old.pk).exists()


def test_killed_while_the_file_is_written_nothing_is_lost(past: Past, tmp_path: Path) -> None:
    before = everything()
    with patch.object(archive_file, "sha256", side_effect=Killed), pytest.raises(Killed):
        archiving.archive(year=past.small.year, folder=tmp_path)
    assert everything() == before
    archiving.archive(year=past.small.year, folder=tmp_path)
    assert [path.name for path in tmp_path.glob("*.gz")] == ["internal-medicine-2026-1.jsonl.gz"]


def test_what_is_changed_while_the_file_is_written_is_not_deleted(past: Past, tmp_path: Path) -> None:
    def verify(path: Path, digest: str) -> None:
        past.draft.bump()

    with patch.object(archiving, "verify", verify), pytest.raises(ValidationError, match=r"Draft 3 \(2026\) was chan"):
        archiving.archive(year=past.small.year, folder=tmp_path)
    assert Schedule.objects.count() == 5
    assert not AuditLog.objects.filter(action="year archived").exists()


def ask_for_a_run(past: Past) -> None:
    generate.request(schedule=past.draft, user=past.small.coordinator, enqueue=False)


def ask_and_cancel(past: Past) -> None:
    GenerationRun.objects.create(schedule=past.draft, status="cancelled")


def ask_a_question(past: Past) -> None:
    Inquiry.objects.create(schedule=past.draft, kind="fill", revision=past.draft.revision)


def derive(past: Past) -> None:
    new_draft(academic_year=past.small.year, user=past.small.coordinator, based_on=past.draft)


def build_on(past: Past) -> None:
    Schedule.objects.filter(pk=past.next.pk).update(based_on=past.old)


BUSY = "While the file was written: A worker is busy with Draft 3 (2026): wait for that to end, or cancel it."
AGAIN = "A version was made of 2026, or something was asked of one, while the file was written: run it again."
BUILT = "While the file was written: Published 5 (2026) was made from Archived 1 (2026): archive or delete that one fi"


@pytest.mark.parametrize(
    ("happens", "words"),
    [(ask_for_a_run, BUSY), (ask_and_cancel, AGAIN), (ask_a_question, BUSY), (derive, AGAIN), (build_on, BUILT)],
)
def test_what_is_asked_for_while_the_file_is_written_is_not_lost(
    past: Past, tmp_path: Path, happens: Callable[[Past], None], words: str
) -> None:
    """In the midst of writing, when the lines before and after are read by themselves."""
    after: list[Any] = []

    def lines(*arguments: Any) -> Iterator[Any]:
        for number, line in enumerate(lines_of(*arguments)):
            if number == 8:
                happens(past)
                after.append(everything())
            yield line

    with patch.object(archiving, "lines_of", lines), pytest.raises(ValidationError) as error:
        archiving.archive(year=past.small.year, folder=tmp_path)
    (said,) = error.value.messages
    assert said.startswith(words)
    path = tmp_path / "internal-medicine-2026-1.jsonl.gz"
    assert said.endswith(f"Nothing was deleted; {path} may be thrown away.")
    assert [everything()] == after
    assert not AuditLog.objects.filter(action="year archived").exists()


@pytest.mark.parametrize(
    ("program", "year", "words"),
    [
        ("surgery", "2026", "There is no program 'surgery'; there are internal-medicine."),
        ("internal-medicine", "1999", "Internal Medicine has no academic year 1999; there are 2026, 2026."),
    ],
)
def test_what_does_not_exist_is_named(past: Past, program: str, year: str, words: str) -> None:
    with pytest.raises(CommandError) as error:
        said("archive_year", program, year)
    assert str(error.value) == words


def refused(past: Past) -> str:
    with pytest.raises(ValidationError) as error:
        archiving.survey(past.small.year)
    return " ".join(error.value.messages)


def test_a_year_that_is_not_over_is_refused(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    # Still 25 August in New York.
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 8, 26, 3, tzinfo=UTC))
    assert refused(past) == (
        "The academic year 2026 of Internal Medicine is not over: it ends on Tue 25 Aug 2026. "
        "Archive it after that day."
    )


def test_what_something_builds_on_is_refused(past: Past) -> None:
    run = GenerationRun.objects.create(schedule=past.draft)
    assert refused(past) == "A worker is busy with Draft 3 (2026): wait for that to end, or cancel it."
    run.delete()
    Schedule.objects.filter(pk=past.next.pk).update(based_on=past.old)
    assert refused(past) == ("Published 5 (2026) was made from Archived 1 (2026): archive or delete that one first.")


def test_a_year_without_what_was_worked_is_refused(past: Past) -> None:
    Schedule.objects.filter(pk=past.published.pk).update(end_date=date(2026, 8, 1))
    assert refused(past).startswith("Archived 1 (2026) was published once, and nothing is published now for all of")
    Schedule.objects.filter(pk=past.published.pk).update(status="archived")
    assert refused(past).startswith("Nothing is published for 2026 of Internal Medicine: its drafts are all")


def test_a_damaged_or_foreign_file_is_refused(past: Past, tmp_path: Path) -> None:
    path = archiving.archive(year=past.small.year, folder=tmp_path)
    assert path is not None
    whole = path.read_bytes()
    path.write_bytes(whole[:-40])
    with pytest.raises(CommandError, match="is not as it was written: its SHA-256 is not"):
        said("restore_year", path)
    path.write_bytes(whole)
    said("restore_year", path)
    assert Schedule.objects.count() == 5
    with pytest.raises(CommandError, match=r"Archived 1 \(2026\) is there already: nothing was restored"):
        said("restore_year", path)
    past.small.year.schedules.exclude(status="published").delete()
    past.small.bo.delete()
    with pytest.raises(CommandError, match="The person bo Bo is gone, which the file needs: nothing was restored"):
        said("restore_year", path)


def test_a_number_that_is_taken_by_now_is_not_taken_twice(past: Past, tmp_path: Path) -> None:
    path = archiving.archive(year=past.small.year, folder=tmp_path)
    assert path is not None
    Schedule.objects.filter(pk=past.next.pk).update(number=3)
    assert [each.number for each in restore(path=path)] == [1, 4, 5]


def test_pages_of_the_archived_year_go_on(past: Past, tmp_path: Path, client: Client) -> None:
    archiving.archive(year=past.small.year, folder=tmp_path)
    client.force_login(past.small.coordinator)
    program = "/p/internal-medicine/"
    for page in ("month/2026-07/", "day/2026-07-07/", "year/?version=2", "schedules/2/", "jeopardy/"):
        assert (page, client.get(program + page).status_code) == (page, 200)
    assert client.get(program + "schedules/1/").status_code == 404
