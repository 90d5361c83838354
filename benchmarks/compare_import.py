"""Do the published cases, converted and imported, say the same as when they are read directly?

    python -m benchmarks.compare_import

converts the HMC and RIT workbooks (benchmarks/data.py says where they lie), imports them into a throwaway SQLite
database, and compares the problem made from the database with that of benchmarks/hmc.py and rit.py, in the normal
form of benchmarks/normal_form.py. Prints what differs; the exit status is 1 if anything does.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django

from benchmarks import convert_hmc, convert_rit, hmc, rit
from benchmarks.data import folder
from benchmarks.normal_form import Names, normal_form
from scheduling.solver.plan.problem import PlanProblem

HMC_NAMES = Names(
    rotations={code: name for name, code in convert_hmc.CODES.items()},
    groups={f"PGY-{level} {track}".rstrip(): group for group, (level, track) in convert_hmc.LEVELS.items()},
)
SHOWN = 5

type Case = tuple[Path, Callable[[Path, Path], None], PlanProblem, Names]


def cases() -> Iterator[Case]:
    """Workbook, its converter, the problem as read directly, and the names that the converter gives."""
    for path in hmc.files(folder("hmc_internal_medicine")):
        yield path, convert_hmc.convert, hmc.read(path), HMC_NAMES
    for path in rit.files(folder("rit_small")):
        yield path, convert_rit.convert, rit.read(path), Names({}, {})


def differences(ours: dict[str, set[Any]], theirs: dict[str, set[Any]]) -> Iterator[str]:
    """A line for each kind of statement that differs, and some of them."""
    for kind in ours:
        for found, word in ((ours[kind] - theirs[kind], "imported only"), (theirs[kind] - ours[kind], "direct only")):
            if found:
                some = "\n    ".join(sorted(map(str, found))[:SHOWN])
                yield f"  {kind}, {word}: {len(found)}\n    {some}"


def main() -> int:
    """Compare all cases."""
    with tempfile.TemporaryDirectory() as scratch:
        os.environ |= {"DB": "sqlite", "DB_NAME": f"{scratch}/compare.sqlite3", "DEBUG": "1", "LOG_LEVEL": "WARNING"}
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "scheduler_site.settings")
        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        return max([_compare(case, Path(scratch)) for case in cases()], default=0)


def _compare(case: Case, scratch: Path) -> int:
    from scheduling.services.drafts import new_draft
    from scheduling.services.imports import import_program
    from scheduling.services.problems import plan_problem

    workbook, convert, direct, names = case
    convert(workbook, scratch / workbook.stem)
    imported = import_program(folder=scratch / workbook.stem)
    draft = new_draft(academic_year=imported.academic_year, user=None)
    found = list(differences(normal_form(plan_problem(draft), names), normal_form(direct, Names({}, {}))))
    print(f"{workbook.name}: {'the same' if not found else 'different'}")
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
