"""The proof of a schedule: what was asked for and what is met, what the rules say, how good and how even it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from reports.duty_hours import DutyHours, duty_hours
from reports.even import Group, groups_of
from reports.quality import Quality, quality, turns
from reports.requests_met import Decided, Wishes, leave_decided, wishes_met
from reports.roster import read_roster
from reports.staffing_met import Staffing, staffing_met
from scheduling.models import GenerationRun, Inquiry, Schedule
from scheduling.services import facts as facts_
from scheduling.services.fairness import balances
from scheduling.services.roster_build import build, stored_plan


@dataclass(frozen=True, slots=True)
class Proof:
    """`spread` is the inquiry whose bounds are shown, of this schedule as it is; `asking` one being worked out."""

    staffing: Staffing
    wishes: Wishes
    leave: Decided
    duty: DutyHours
    quality: Quality | None
    groups: Sequence[Group]
    has_roster: bool
    spread: Inquiry | None
    asking: Inquiry | None


def read_proof(schedule: Schedule, run: GenerationRun | None) -> Proof:
    """Everything on the page, from the schedule as it is now; `run` is its last generation.

    Raises ValidationError where the program's settings are wrong.
    """
    facts = facts_.load(schedule)
    plan = stored_plan(facts)
    roster = read_roster(facts)
    # Of ten answers at most one is read, and they are long.
    asked = list(Inquiry.objects.filter(schedule=schedule, kind=Inquiry.Kind.SPREAD).defer("answer")[:10])
    spread = next((each for each in asked if _holds(schedule, each)), None)
    return Proof(
        staffing=staffing_met(facts, build(facts, plan), roster),
        wishes=wishes_met(facts, plan, roster),
        leave=leave_decided(facts),
        duty=duty_hours(facts, roster),
        quality=quality(schedule, run, facts.settings.request_price),
        groups=groups_of(facts, balances(schedule, facts=facts), spread.answer if spread else None),
        has_roster=bool(roster.worked),
        spread=spread,
        asking=next((each for each in asked if each.is_active), None),
    )


def _holds(schedule: Schedule, inquiry: Inquiry) -> bool:
    """Whether it is answered, and what it was asked about is as it was: to be published changes nothing in it."""
    if inquiry.status != Inquiry.Status.SUCCEEDED:
        return False
    turned = turns(schedule, inquiry.finished_at) if inquiry.finished_at else 0
    return schedule.revision <= inquiry.revision + turned
