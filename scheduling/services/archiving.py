"""An academic year that is over: what was published stays as it was worked, all other versions move to a file.

What stays: the year, its days and periods, people, the published versions with their plan, roster, changes by hand and
runs, the audit log, and cover that counts in the ledger. What moves: drafts, sandboxes and archived versions with all
that hangs on them, which is most of the rows. The file is written first; then, in one short transaction, the versions
are closed and the audit log says where they are; then their rows go, so many at a time. Broken off at any point, the
same call takes up where it stopped: what is closed is in a file already.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from people.models import AuditLog, Program, User, record
from scheduling.models import AcademicYear, Cover, Edit, GenerationRun, Inquiry, Schedule
from scheduling.services import archive_file
from scheduling.services.archive_file import Line
from scheduling.services.archive_rows import TABLES, counting, lines_of, rows_of, tied

Status = Schedule.Status
MOVED, RESTORED = "version moved to an archive file", "version restored from a file"


@dataclass(frozen=True, slots=True)
class Archiving:
    """What archiving a year moves: versions that no file has yet (`moving`), and those that were closed before and are
    not gone yet (`closed`); `rows` by table, of both. `staying` are the published ones."""

    year: AcademicYear
    moving: Sequence[Schedule]
    closed: Sequence[Schedule]
    staying: Sequence[Schedule]
    rows: dict[str, int] = field(default_factory=dict)
    covers_kept: int = 0


def year_of(program: Program, name: str) -> AcademicYear:
    """The academic year of this name, or that began in this year. Raises ValidationError, naming those there are."""
    years = list(AcademicYear.objects.filter(program=program).select_related("program").order_by("start_date"))
    wanted = name.replace("-", "–")
    for year in years:
        if wanted in (str(year), str(year.start_date.year)):
            return year
    known = ", ".join(map(str, years)) or "none yet"
    raise ValidationError(f"{program} has no academic year {name}; there are {known}.")


def survey(year: AcademicYear) -> Archiving:
    """What would be moved. Raises ValidationError, in words, for a year that is not over or has nothing published, and
    for a version that something still builds on."""
    today = timezone.localdate(timezone=year.program.zone)
    if year.end_date >= today:
        raise ValidationError(
            f"The academic year {year} of {year.program} is not over: it ends on {year.end_date:%a %-d %b %Y}. "
            "Archive it after that day."
        )
    versions = list(Schedule.objects.filter(academic_year=year).select_related("academic_year").order_by("number"))
    staying = [each for each in versions if each.status == Status.PUBLISHED]
    going = [each for each in versions if each.status != Status.PUBLISHED]
    if going and not staying:
        raise ValidationError(
            f"Nothing is published for {year} of {year.program}: its drafts are all that is known of the year. Publish "
            "the one that was worked, or delete them."
        )
    closed = set(_moved([each.pk for each in going]))
    moving = [each for each in going if each.pk not in closed]
    for version in moving:
        _check(version, staying)
    keys = [each.pk for each in going]
    rows = {str(model._meta.verbose_name_plural): rows_of(model, keys).count() for model, _ in TABLES}
    kept = counting(keys).count()
    return Archiving(year, moving, [each for each in going if each.pk in closed], staying, rows, kept)


def archive(
    *, year: AcademicYear, folder: Path, user: User | None = None, tell: Callable[[str], object] = lambda _: None
) -> Path | None:
    """Move what `survey` finds to a new file in the folder, and return it; None where there was nothing new to write.

    Raises ValidationError as `survey` does, and where a version was changed or made, or something was asked of one,
    while the file was written: nothing is deleted then. Raises archive_file.CannotWrite or CannotRead where the file
    is not as it should be.
    """
    found, path = survey(year), None
    if found.moving:
        path, digest = archive_file.write(
            folder, f"{year.program.slug}-{year.start_date.year}", lines_of(year, found.moving)
        )
        verify(path, digest)
        _close(found, path, digest, user)
        tell(f"{len(found.moving)} versions written to {path}")
    # What was closed by a call that was broken off is deleted only with its file in hand.
    for name, digest in {*_moved([each.pk for each in found.closed]).values()}:
        verify(folder / name, digest)
    for version in (*found.closed, *found.moving):
        _delete(version, user, tell)
    return path


def verify(path: Path, digest: str = "") -> Line:
    """Read a file to its end; its first line. Raises archive_file.CannotRead."""
    lines = archive_file.read(path, digest)
    first = last = archive_file.head(lines, path)
    seen: dict[str, int] = {}
    for last in lines:
        if "table" in last:
            seen[last["table"]] = seen.get(last["table"], 0) + len(last["rows"])
    archive_file.check_counts(seen, last, path)
    return first


def _check(version: Schedule, staying: Sequence[Schedule]) -> None:
    for model in (GenerationRun, Inquiry):
        if model.objects.active().filter(schedule=version).exists():
            raise ValidationError(f"A worker is busy with {version}: wait for that to end, or cancel it.")
    other = version.derived.exclude(academic_year=version.academic_year_id).select_related("academic_year").first()
    if other is not None:
        raise ValidationError(f"{other} was made from {version}: archive or delete that one first.")
    if version.published_at is None:
        return
    if not _covered(version, staying):
        raise ValidationError(
            f"{version} was published once, and nothing is published now for all of its days: it is what is known of "
            "them. Bring back what was worked first."
        )


def _covered(version: Schedule, staying: Sequence[Schedule]) -> bool:
    """Whether each of its days is published in one of several."""
    day = version.start_date
    for each in sorted(staying, key=lambda one: one.start_date):
        if each.start_date <= day <= each.end_date:
            day = each.end_date + timedelta(days=1)
    return day > version.end_date


def _moved(keys: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Those of the versions that are in a file, and were not restored from it since: the file's name and SHA-256."""
    targets = {f"schedule:{key}": key for key in keys}
    rows = AuditLog.objects.filter(action__in=[MOVED, RESTORED], target__in=targets).order_by("pk")
    last = {target: (action, changes) for target, action, changes in rows.values_list("target", "action", "changes")}
    return {
        targets[target]: (changes["file"], changes["sha256"])
        for target, (action, changes) in last.items()
        if action == MOVED
    }


def _close(found: Archiving, path: Path, digest: str, user: User | None) -> None:
    """From here on the file is what there is of these versions: nobody can write to them any more."""
    year, keys = found.year, [each.pk for each in found.moving]
    with transaction.atomic():
        Program.objects.select_for_update(no_key=True).get(pk=year.program_id)
        locked = Schedule.objects.select_for_update(of=("self",), no_key=True).filter(
            Q(pk__in=keys) | Q(pk__in=[each.pk for each in found.staying])
        )
        list(locked.order_by("-status", "pk"))
        _require_unchanged(found, path)
        _keep_cover(keys)
        Schedule.objects.filter(pk__in=keys).update(
            status=Status.ARCHIVED, is_what_if=False, revision=F("revision") + 1
        )
        Schedule.objects.filter(pk__in=[each.pk for each in found.staying]).update(revision=F("revision") + 1)
        kept = {"file": path.name, "sha256": digest}
        for version in found.moving:
            record(
                user=user,
                action=MOVED,
                target=version,
                program=year.program,
                changes={"number": version.number, "status": version.status, **kept},
            )
        numbers = [each.number for each in found.moving]
        record(
            user=user, action="year archived", target=year, program=year.program, changes={"versions": numbers, **kept}
        )


def _require_unchanged(found: Archiving, path: Path) -> None:
    """Writing takes minutes, in which people go on: what they asked for or made since is not in the file."""
    nothing_lost = f"Nothing was deleted; {path} may be thrown away."
    try:
        now = survey(found.year)
    except ValidationError as error:
        raise ValidationError(f"While the file was written: {' '.join(error.messages)} {nothing_lost}") from error
    there = {each.pk: (each.revision, each.status) for each in now.moving}
    for version in found.moving:
        if there.pop(version.pk, None) != (version.revision, version.status):
            raise ValidationError(f"{version} was changed while the file was written: run it again. {nothing_lost}")
    if there or now.rows != found.rows:
        raise ValidationError(
            f"A version was made of {found.year}, or something was asked of one, while the file was written: run it "
            f"again. {nothing_lost}"
        )


def _keep_cover(keys: Sequence[int]) -> None:
    """Cover that counts stays in the ledger; what was undone, or is in a draft, goes with its version.

    It has to be told apart while drafts are still drafts.
    """
    stays = set(counting(keys).values_list("pk", flat=True))
    tied(keys).exclude(pk__in=stays).delete()
    kept = Cover.objects.filter(pk__in=stays)
    kept.filter(schedule__in=keys).update(schedule=None)
    kept.filter(edit__in=Edit.objects.filter(schedule__in=keys)).update(edit=None)


def _delete(version: Schedule, user: User | None, tell: Callable[[str], object]) -> None:
    """Delete a closed version, a few rows in each transaction, so that nobody waits for it."""
    gone: dict[str, int] = {}
    for model, size in reversed(TABLES):
        name = str(model._meta.verbose_name_plural)
        while count := _delete_some(model, version, size):
            gone[name] = gone.get(name, 0) + count
    with transaction.atomic():
        record(
            user=user,
            action="archived version deleted",
            target=version,
            program=Program.objects.get(pk=version.program_id),
            changes={"number": version.number, "rows": gone},
        )
        Schedule.objects.filter(pk=version.pk).delete()
    tell(f"Version {version.number} deleted: " + ", ".join(f"{count:,} {name}" for name, count in gone.items()))


def _delete_some(model: type[models.Model], version: Schedule, size: int) -> int:
    """Delete some rows of a version in one transaction; returns how many."""
    with transaction.atomic():
        keys = list(rows_of(model, [version.pk]).values_list("pk", flat=True)[:size])
        if keys:
            # The version beside the key: a table that is partitioned by it is asked in one of its parts.
            model._default_manager.filter(pk__in=keys, schedule=version).delete()
    return len(keys)
