from scheduling.models.calendar import AcademicYear, Block, Period
from scheduling.models.catalog import CrossCover, Rotation, ShiftType
from scheduling.models.cover import Cover
from scheduling.models.edit import Edit
from scheduling.models.plan import Assignment, RotationAssignment, Schedule
from scheduling.models.requirements import Cohort, Curriculum, History, Placement, Preference, SequenceRule, Staffing
from scheduling.models.run import GenerationRun, Inquiry, Job

__all__ = [
    "AcademicYear",
    "Assignment",
    "Block",
    "Cohort",
    "Cover",
    "CrossCover",
    "Curriculum",
    "Edit",
    "GenerationRun",
    "History",
    "Inquiry",
    "Job",
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
