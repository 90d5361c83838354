from scheduling.models.calendar import AcademicYear, Block, Period
from scheduling.models.catalog import CrossCover, Rotation, ShiftType
from scheduling.models.plan import Assignment, RotationAssignment, Schedule
from scheduling.models.requirements import Curriculum, History, Placement, Preference, SequenceRule, Staffing
from scheduling.models.run import GenerationRun

__all__ = [
    "AcademicYear",
    "Assignment",
    "Block",
    "CrossCover",
    "Curriculum",
    "GenerationRun",
    "History",
    "Period",
    "Placement",
    "Preference",
    "Rotation",
    "RotationAssignment",
    "Schedule",
    "SequenceRule",
    "ShiftType",
    "Staffing",
]
