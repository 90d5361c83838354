"""How even a schedule's nights, weekends, holidays, hours and backup could be at all, by level.

Parameters: {}. Loads the optimiser: for workers only.
"""

from typing import Any

from django.core.exceptions import ValidationError

from scheduling.models import Inquiry
from scheduling.services.beat import Beat
from scheduling.services.inquiries.ground import load
from scheduling.solver.progress import Progress
from scheduling.solver.spread.best import best_spreads

SECONDS = 120.0  # a year of 60 people takes a tenth of it


def answer(inquiry: Inquiry, beat: Beat) -> dict[str, Any] | None:
    """{"spreads": [{"group", "measure", "spread", "bound", "people"}]}, hours in hours; None where it was stopped.

    Raises ValidationError where the schedule has no roster.
    """
    beat.tell(Progress("Reading the schedule", 0))
    ground = load(inquiry.schedule)
    if not ground.current:
        raise ValidationError(f"{inquiry.schedule} has no roster yet: generate one, then ask again.")
    found = best_spreads(
        ground.problem,
        ground.current,
        time_limit=SECONDS,
        on_progress=beat.stage("Best spread", 5, 98),
        should_stop=beat.stopped,
    )
    if found is None:
        return None
    return {
        "spreads": [
            {
                "group": best.group,
                "measure": best.measure,
                "spread": best.spread,
                "bound": best.bound,
                "people": best.people,
            }
            for best in sorted(found, key=lambda each: (each.group.startswith("Faculty"), each.group))
        ]
    }
