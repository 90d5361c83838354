"""What people bring into a schedule from the one published before it: the last weeks' blocks, and fairness so far."""

from collections import defaultdict
from datetime import date, timedelta

from scheduling.models import Assignment
from scheduling.services import facts as facts_
from scheduling.services.facts import Facts
from scheduling.services.plan_problem import schedule_before
from scheduling.services.roster_build import build, stored_plan
from scheduling.solver.roster.frame import Frame
from scheduling.solver.roster.ledger import Ledger
from scheduling.solver.roster.problem import Carried, WorkedBlock

RECENT_DAYS = 28  # no rule looks further back than four weeks


def carried_into(facts: Facts) -> dict[str, Carried]:
    """By person's code, what they bring along. Fairness is measured as the solver measures it, on what was worked in
    the published schedule before this one (edits by hand included), each within the group they were in then."""
    before = schedule_before(facts.schedule)
    if before is None:
        return {}
    earlier = facts_.load(before)
    problem = build(earlier, stored_plan(earlier))
    last = facts.first - timedelta(days=1)
    worked = _worked(earlier, last)
    frame = Frame(problem)
    ledger = Ledger(frame)
    ledger.enter([worked.get(person.id, {}) for person in problem.people], (0, (last - earlier.first).days))
    shift = (facts.first - earlier.first).days
    return {
        share.person: Carried(share.worked, share.fair, _recent(worked.get(share.person, {}), shift))
        for share in ledger.shares()
    }


def _worked(facts: Facts, last: date) -> dict[str, dict[int, list[WorkedBlock]]]:
    """By person's code and day, what is worked in a schedule until a day."""
    codes = {person.pk: person.code for person in facts.people}
    worked: dict[str, dict[int, list[WorkedBlock]]] = defaultdict(lambda: defaultdict(list))
    rows = Assignment.objects.filter(schedule=facts.schedule).between(facts.first, last)
    for person, on, shift_type, rotation in rows.values_list(
        "person_id", "block__date", "block__shift_type_id", "rotation_id"
    ):
        if person in codes:
            day = (on - facts.first).days
            block = WorkedBlock(day, facts.shift_types[shift_type].code, facts.rotations[rotation].code)
            worked[codes[person]][day].append(block)
    return worked


def _recent(by_day: dict[int, list[WorkedBlock]], shift: int) -> tuple[WorkedBlock, ...]:
    """The blocks of the last weeks, their days counted back from the first day of what follows."""
    return tuple(
        WorkedBlock(day - shift, block.shift_type, block.rotation)
        for day in sorted(by_day)
        if day >= shift - RECENT_DAYS
        for block in by_day[day]
    )
