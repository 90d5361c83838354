"""The year plan of Hamad Medical Corporation's internal medicine residency: reading it.

Data: github.com/ashaar0509/medical-rotation-scheduling (README: MIT; anonymous ids). 13 periods; two half periods of
leave a person; the rules below are those of the data's description. `hmc_check` judges plans of it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from scheduling.solver.plan.problem import (
    AtMost,
    Curriculum,
    MustBeIn,
    OnlyIn,
    Pattern,
    Person,
    Placement,
    PlanProblem,
    Rotation,
    SequenceRule,
    Staffing,
    Step,
)

PERIODS = 13
PREFIX = "hmc_im_"

LEAVE_ROTATIONS = {
    "R1": {"Endocrine", "AMAU", "Infectious Disease"},
    "R2": {"MOP", "Nephrology", "AMAU"},
    "R3": {"GI", "Pulmonology", "AMAU"},
    "R4": {"Medical Consultation"},
    "R_NEURO": {"AMAU"},
}

# group -> (rotations, fewest, most)
CURRICULUM: dict[str, list[tuple[tuple[str, ...], int, int]]] = {
    "R1": [
        (("Medical Teams",), 4, 7),
        (("AMAU",), 1, 2),
        (("Cardiology",), 2, 2),
        (("Infectious Disease",), 1, 2),
        (("Endocrine",), 1, 2),
    ],
    "R2": [
        (("Senior",), 1, 2),
        (("CCU",), 2, 2),
        (("MICU",), 2, 2),
        (("Nephrology",), 1, 2),
        (("Neurology",), 1, 1),
        (("Cardiology",), 1, 1),
        (("Geriatrics",), 1, 1),
        (("AMAU",), 1, 2),
        (("Al Khor",), 0, 1),
        (("MOP",), 1, 1),
    ],
    "R3": [
        (("Senior",), 2, 2),
        (("Oncology",), 1, 1),
        (("Hematology",), 1, 1),
        (("Al Wakra",), 1, 1),
        (("GI",), 2, 2),
        (("Pulmonology",), 2, 2),
        (("Rheumatology",), 1, 1),
        (("MOP",), 1, 1),
        (("AMAU",), 1, 1),
        (("Cardiology", "ED", "Medical Consultation"), 1, 1),
    ],
    "R4": [
        (("Registrar",), 5, 6),
        (("Medical Consultation",), 3, 5),
        (("Al Wakra",), 1, 2),
        (("Al Khor",), 1, 2),
        (("Hematology", "Oncology"), 1, 2),
    ],
    "R_NEURO": [
        (("Medical Teams",), 3, 3),
        (("AMAU",), 3, 4),
        (("MICU",), 1, 1),
        (("Rheumatology",), 1, 1),
        (("ED",), 2, 2),
        (("TRANSFER",), 2, 2),
    ],
}

# rotation -> (fewest, most), in every period
STAFFING: dict[str, tuple[int, int | None]] = {
    "Senior": (10, 10),
    "Registrar": (20, 20),
    "Cardiology": (11, None),
    "AMAU": (11, None),
    "CCU": (7, None),
    "MICU": (7, None),
    "Al Khor": (6, None),
    "MOP": (6, None),
    "Hematology": (5, None),
    "Oncology": (5, None),
    "Al Wakra": (9, None),
    "Medical Consultation": (10, None),
}
# Medical Teams: (fewest, most) by period, from 0
TEAMS = [(20, None), (25, None), (20, None)] + [(20, 20)] * (PERIODS - 3)
SECOND_ON_CALL = ("GI", "Rheumatology", "Pulmonology")
FLOATERS = ("Nephrology", "Endocrine")
COUNTED = frozenset({"R1", "R2", "R3", "R4"})
SPLIT_STARTS = (1, 3, 5, 7, 9)  # the first periods, from 0, of the pairs that MICU and CCU may not take


def files(folder: Path) -> list[Path]:
    """The cases in a folder."""
    return sorted(folder.glob(f"{PREFIX}*.xlsx"))


def read(path: Path, seed: int = 0) -> PlanProblem:
    """One of the data's workbooks as a problem. Raises KeyError for a group or rotation that it does not know."""
    sheet = load_workbook(path, read_only=True, data_only=True).worksheets[0]
    rows = sheet.iter_rows(values_only=True)
    header = [str(name) for name in next(rows) if name]
    records = [dict(zip(header, row, strict=False)) for row in rows if row[0]]
    people = tuple(_person(record) for record in records)
    codes = {code for rows_ in CURRICULUM.values() for codes_, _, _ in rows_ for code in codes_}
    placements = [found for record in records for found in _placements(record, codes)]
    return PlanProblem(
        periods=tuple(str(number) for number in range(1, PERIODS + 1)),
        people=people,
        rotations=tuple(Rotation(code, code, _leave_groups(code)) for code in sorted(codes)),
        staffing=tuple(_staffing()),
        curriculum=tuple(_curriculum()),
        sequence_rules=tuple(_sequence_rules()),
        placements=tuple(placements),
        seed=seed,
    )


def _person(record: Mapping[str, Any]) -> Person:
    halves = Counter(record[f"Leave{n}Block"] for n in (1, 2) if record[f"Leave{n}Block"])
    group = str(record["PGY"])
    CURRICULUM[group]
    return Person(
        id=str(record["ID"]),
        name=str(record["ID"]),
        group=group,
        absent=frozenset(int(period) - 1 for period, count in halves.items() if count == 2),
        part_leave=frozenset(int(period) - 1 for period, count in halves.items() if count == 1),
    )


def _placements(record: Mapping[str, Any], codes: set[str]) -> Iterator[Placement]:
    for period in range(PERIODS):
        text = str(record.get(f"Block_{period + 1}") or "").strip()
        if not text:
            continue
        forbidden = text.startswith("!")
        named = frozenset(part.strip() for part in text.lstrip("!").split(","))
        rotations = frozenset(name.removesuffix(" Rotation") for name in named)
        if rotations - codes:
            raise KeyError(f"{record['ID']}, period {period + 1}: unknown rotation {text!r}")
        yield Placement(str(record["ID"]), period, rotations, not forbidden, pinned=not forbidden)


def _leave_groups(code: str) -> frozenset[str]:
    return frozenset(group for group, codes in LEAVE_ROTATIONS.items() if code in codes)


def _curriculum() -> Iterator[Curriculum]:
    for group, rows in CURRICULUM.items():
        for rotations, fewest, most in rows:
            yield Curriculum(
                name=f"{group}: {' / '.join(rotations)}",
                rotations=rotations,
                groups=frozenset({group}),
                fewest=fewest,
                most=most,
                waived_on_leave=group == "R3" and len(rotations) == 3,
            )


def _staffing() -> Iterator[Staffing]:
    for code, (fewest, most) in STAFFING.items():
        yield Staffing(code, (code,), fewest=fewest, most=most)
    for period, (fewest, most) in enumerate(TEAMS):
        name = f"Medical Teams, period {period + 1}"
        yield Staffing(name, ("Medical Teams",), periods=(period,), fewest=fewest, most=most)
    yield Staffing(
        "second on-call",
        SECOND_ON_CALL,
        groups=COUNTED,
        fewest=60,
        weight=6,
        part_leave_weight=3,
        price_below=100 / 3,  # a resident on half leave is three units
    )
    yield Staffing("floaters", FLOATERS, groups=COUNTED, fewest=10)


def _steps(*codes: str) -> tuple[Step, ...]:
    return tuple(Step(frozenset({code})) for code in codes)


def _sequence_rules() -> Iterator[SequenceRule]:
    teams, senior, neuro = frozenset({"Medical Teams"}), frozenset({"Senior"}), frozenset({"R_NEURO"})
    r1, r2, r3, r4 = (frozenset({group}) for group in ("R1", "R2", "R3", "R4"))
    transfer = frozenset({"TRANSFER"})
    yield MustBeIn("R1 start on Medical Teams", teams, (0,), groups=r1)
    yield OnlyIn("R2 do not start as Senior", senior, tuple(range(1, PERIODS)), groups=r2)
    yield AtMost("5 Medical Teams in any 6", teams, 5, 6, groups=r1)
    yield Pattern("no two Senior in a row", _steps("Senior", "Senior"), groups=r2 | r3)
    for code in ("MICU", "CCU"):
        yield Pattern(f"{code} not across pairs", _steps(code, code), starts=SPLIT_STARTS)
    yield MustBeIn("Neuro: Medical Teams first", teams, (0, 1, 2), groups=neuro)
    yield MustBeIn("Neuro: transfer last", transfer, (11, 12), groups=neuro)
    for code in ("MICU", "CCU"):
        yield Pattern(f"{code} in a row", _steps(code, code), groups=r2, price=-2)
    yield Pattern("Hematology, Oncology", _steps("Hematology", "Oncology"), price=-2)
    yield Pattern("Oncology, Hematology", _steps("Oncology", "Hematology"), price=-2)
    yield Pattern("4 Medical Teams in a row", _steps(*["Medical Teams"] * 4), groups=r1, price=1)
    yield Pattern("2 Cardiology in a row", _steps("Cardiology", "Cardiology"), groups=r1, price=1)
    between = (Step(senior), Step(senior, inside=False), Step(senior))
    yield Pattern("Senior after one period", between, groups=r3, price=1)
    yield Pattern("6 Registrar in a row", _steps(*["Registrar"] * 6), groups=r4, price=2)
