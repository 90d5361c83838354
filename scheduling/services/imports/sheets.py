"""The files of an import, in order. docs/import.md is written from here: `import_program --columns`."""

from scheduling.services.imports.people_sheets import (
    ACCOUNTS,
    COHORTS,
    HISTORY,
    LEAVE,
    PEOPLE,
    PLACEMENTS,
    PREFERENCES,
)
from scheduling.services.imports.program_sheets import (
    CROSS_COVER,
    CURRICULUM,
    PROGRAM,
    ROTATIONS,
    SEQUENCE_RULES,
    SHIFT_TYPES,
    STAFFING,
)

SHEETS = (
    PROGRAM,
    SHIFT_TYPES,
    ROTATIONS,
    CROSS_COVER,
    STAFFING,
    CURRICULUM,
    SEQUENCE_RULES,
    PEOPLE,
    ACCOUNTS,
    LEAVE,
    PREFERENCES,
    PLACEMENTS,
    COHORTS,
    HISTORY,
)
BY_NAME = {sheet.name: sheet for sheet in SHEETS}
