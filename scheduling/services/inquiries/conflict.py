"""Which of pins, leave, staffing and rules cannot all hold: a smallest set of them, by name.

Parameters: {} for the rotation plan, {"date", "rotation", "shift"} for one block of the roster. Loads the optimiser:
for workers only.
"""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from scheduling.models import Inquiry
from scheduling.services import facts as facts_
from scheduling.services.beat import Beat
from scheduling.services.inquiries.conflict_block import block_words
from scheduling.services.inquiries.conflict_plan import plan_words
from scheduling.services.inquiries.ground import load
from scheduling.services.problems import plan_problem
from scheduling.solver.conflict.plan import plan_conflict
from scheduling.solver.conflict.problem import Undecided
from scheduling.solver.conflict.roster import roster_conflict
from scheduling.solver.progress import Progress

SECONDS = 120.0  # a year of 60 people in thirteen periods takes a few; one in weeks may take all of it


def answer(inquiry: Inquiry, beat: Beat) -> dict[str, Any] | None:
    """What cannot all hold, in words; None where it was stopped.

    - "sentence": says it all; "found": whether there is a conflict;
    - "lines": {"kind", "what" (a sentence), "names" (of people, each with what is theirs), "do" (what could be done
      about it)}, empty where everything holds;
    - "notes": what it rests on, and whether all of it is needed.

    Raises ValidationError where it was not found out in time.
    """
    beat.tell(Progress("Reading the schedule", 0))
    try:
        return _block(inquiry, beat) if "date" in inquiry.parameters else _plan(inquiry, beat)
    except Undecided:
        if beat.stopped():
            return None
        raise ValidationError(f"It was not found out in {SECONDS:g} seconds. Nothing was changed.") from None


def _plan(inquiry: Inquiry, beat: Beat) -> dict[str, Any]:
    facts = facts_.load(inquiry.schedule)
    problem = plan_problem(inquiry.schedule, facts=facts)
    beat.tell(Progress("Looking for what cannot all hold", 10))
    found = plan_conflict(problem, time_limit=SECONDS, should_stop=beat.stopped)
    return plan_words(facts, problem, found)


def _block(inquiry: Inquiry, beat: Beat) -> dict[str, Any]:
    asked = inquiry.parameters
    ground = load(inquiry.schedule)
    day = ground.index(date.fromisoformat(asked["date"]))
    earliest = max(0, ground.index(ground.today))
    beat.tell(Progress("Looking for what cannot all hold", 10))
    found = roster_conflict(
        ground.problem,
        ground.current,
        rotation=asked["rotation"],
        shift_type=asked["shift"],
        first=day,
        last=day,
        earliest=earliest,
        time_limit=SECONDS,
        should_stop=beat.stopped,
    )
    return block_words(ground, found, asked["rotation"], asked["shift"], day, earliest)
