"""The kinds of sentences that Setup lists: which rows they are of, what they say, and how binding each may be.

Coverage and curriculum are goals with a price and never hard, so that a short-staffed program gets its best schedule
and the list of what is missing. Cohorts are hard: what they say is a human's word on where people are.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, QuerySet

from people.models import Program
from scheduling.models import Cohort, CrossCover, Curriculum, Rotation, SequenceRule, ShiftType, Staffing
from scheduling.services import setup_sentences as say
from scheduling.services.setup_sequences import sequence_detail, sequence_rule

HARD, PRICED, OFF, IN_USE = "hard", "priced", "off", "on"
LABELS: Mapping[str, str] = {HARD: "Hard", PRICED: "Priced", OFF: "Off", IN_USE: "In use"}


@dataclass(frozen=True, slots=True)
class Kind:
    """One page of sentences. `program` is the path from a row to its program; `states` what a row may be switched to,
    the most binding first; none where rows have no switch."""

    slug: str
    title: str
    one: str
    model: type[Model]
    sentence: Callable[[Any], str]
    detail: Callable[[Any], str]
    group: Callable[[Any], str]
    states: Callable[[Any], tuple[str, ...]]
    select: tuple[str, ...] = ()
    prefetch: tuple[str, ...] = ()
    order: tuple[str, ...] = ("pk",)
    program: str = "program"
    has_order: bool = False
    help: str = field(default="", compare=False)
    empty: str = field(default="", compare=False)

    def rows(self, program: Program) -> QuerySet[Any]:
        """The rows of a program in the order of the page."""
        rows = self.model._default_manager.filter(**{self.program: program}).order_by(*self.order)
        if self.select:
            rows = rows.select_related(*self.select)
        return rows.prefetch_related(*self.prefetch)


def state_of(kind: Kind, row: Any) -> str:
    """How binding a row is now; blank where it has no switch."""
    states = kind.states(row)
    if not states:
        return ""
    if not row.is_active:
        return OFF
    if HARD in states and PRICED in states:
        return HARD if row.price is None else PRICED
    return states[0]


def _sequence_states(row: SequenceRule) -> tuple[str, ...]:
    # What is preferred is worth something, or it is off: there is nothing hard in it.
    return (PRICED, OFF) if row.kind == SequenceRule.Kind.IN_A_ROW else (HARD, PRICED, OFF)


def _first_rotation(row: Staffing) -> str:
    rotations = sorted(row.rotations.all(), key=lambda one: (one.position, one.name))
    return rotations[0].name if rotations else "No rotation"


KINDS: Mapping[str, Kind] = {
    kind.slug: kind
    for kind in (
        Kind(
            "rotations", "Rotations", "rotation", Rotation, say.rotation, say.rotation_detail,
            lambda _row: "", lambda _row: (IN_USE, OFF),
            prefetch=("regular_shifts", "staffing"), order=("position", "name"), has_order=True,
            help="Where people are placed for a period. Code and colour fill the cells of the grids. A rotation that "
            "is off stays in past schedules, and nobody is placed there any more.",
            empty="A rotation is a service that people are placed on for a period: wards, ICU, clinic, elective.",
        ),
        Kind(
            "shift-types", "Shift types", "shift type", ShiftType, say.shift_type, say.shift_type_detail,
            lambda _row: "", lambda _row: (),
            prefetch=("not_followed_by", "joins"), order=("position", "start_time"), has_order=True,
            help="When blocks start and end, by the clock on the wall. A shift type has no switch: without staffing "
            "that asks for it, nobody works it.",
            empty="A shift type says when a block starts and how long it lasts: day, night, clinic, backup.",
        ),
        Kind(
            "staffing", "Staffing", "sentence of staffing", Staffing, say.staffing, say.staffing_detail,
            _first_rotation, lambda _row: (PRICED, OFF),
            select=("shift_type",), prefetch=("rotations",),
            help="How many people a rotation needs and can take. Always priced, never hard: with too few people a "
            "program still gets its best schedule, and the list of what is missing.",
            empty="Staffing says how many people a rotation needs in each period, or a shift on each day.",
        ),
        Kind(
            "curriculum", "Curriculum", "sentence of the curriculum", Curriculum, say.curriculum, say.curriculum_detail,
            lambda row: f"{say.level_name(row.level)} {row.track}".strip(), lambda _row: (PRICED, OFF),
            prefetch=("rotations",), order=("level", "track", "pk"),
            help="What each level owes in a year. People are placed only on rotations that a sentence of their level "
            "names. Always priced, never hard: what somebody owes and does not get is listed.",
            empty="The curriculum says how many periods of which rotation each level owes.",
        ),
        Kind(
            "sequence-rules", "Sequence rules", "sequence rule", SequenceRule, sequence_rule, sequence_detail,
            lambda row: row.get_kind_display(), _sequence_states,
            prefetch=("rotations", "next_rotations"), order=("kind", "pk"),
            help="What may follow what, and when in the year. A hard rule is never broken, except by what somebody has "
            "pinned; a priced one may be, where everything else would cost more.",
            empty="Sequence rules say what may follow what: no two periods of nights in a row, ICU from period 2 on.",
        ),
        Kind(
            "cross-cover", "Cross-cover", "sentence of cross-cover", CrossCover, say.cross_cover,
            say.cross_cover_detail, lambda row: f"To {row.covers}", lambda _row: (PRICED, OFF),
            select=("rotation", "covers"), prefetch=("shift_types",), order=("covers__position", "covers", "pk"),
            program="rotation__program",
            help="Whose people may be called to blocks of another rotation. It allows and never demands, so it is "
            "priced or off.",
            empty="Cross-cover says whose people may be called to the nights and weekends of another rotation.",
        ),
        Kind(
            "cohorts", "Cohorts", "cohort", Cohort, say.cohort, say.cohort_detail,
            lambda row: f"Academic year {row.academic_year}", lambda _row: (HARD, OFF),
            select=("academic_year", "rotation"), order=("-academic_year__start_date", "name", "rotation"),
            program="academic_year__program",
            help="X+Y: in which periods the people of a cohort are in clinic. Always hard: like a placement by hand, "
            "generating never moves it, but a pin in a schedule is stronger.",
            empty="In 4+1, every fifth week is clinic, and five cohorts are staggered: say when each has its turn.",
        ),
    )
}  # fmt: skip
