"""What is off is off for everybody who reads it: the solver, the grids, backup, who can take a block, readiness."""

from datetime import date
from typing import Any

from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from scheduling.models import CrossCover, Curriculum, GenerationRun, SequenceRule, Staffing
from scheduling.services import facts as facts_
from scheduling.services.backups import asked_for
from scheduling.services.house_rules import house_rules
from scheduling.services.judging import load
from scheduling.services.problems import plan_problem
from scheduling.services.readiness import has_roster
from scheduling.services.roster_build import build, stored_plan
from scheduling.services.slot_case import case_of
from scheduling.services.staffing import needs_of
from scheduling.services.year_grid import read_year
from tests.examples import of_the_database
from tests.factories import Wards, make_wards

DAY = date(2026, 11, 3)
MODELS = (Staffing, Curriculum, SequenceRule, CrossCover)


def make() -> Wards:
    """Wards with a rule of each kind more."""
    wards = make_wards(4)
    for kind, values in (("not_in_a_row", {}), ("at_most", {"most": 3, "window": 4}), ("stint", {"most": 6})):
        rule = SequenceRule.objects.create(program=wards.program, name=kind, kind=kind, **values)
        rule.rotations.set([wards.icu])
    for placed, covers in ((wards.icu, wards.ward), (wards.ward, wards.icu)):
        CrossCover.objects.create(rotation=placed, covers=covers).shift_types.set([wards.day])
    return wards


def reading(wards: Wards) -> list[Any]:
    """All that is read from a program's rules."""
    facts = facts_.load(wards.schedule)
    case = case_of(wards.schedule, DAY, wards.ward, wards.day)
    return [
        plan_problem(wards.schedule),
        build(facts, stored_plan(facts)),
        needs_of(wards.program),
        asked_for(wards.program),
        has_roster(wards.program),
        house_rules(facts).cross_cover,
        {key: [row.pk for row in rows] for key, rows in case.covers.items()},
        load(wards.schedule, DAY, DAY, only_brought=True).plan,
        [row.owed for rows in read_year(wards.program, wards.schedule).groups for row in rows.rows],
    ]


class OffIsOff(TestCase):
    """Any rows of the rules that are off might as well not be there."""

    wards: Wards

    @classmethod
    def setUpTestData(cls) -> None:
        cls.wards = make()

    @settings(max_examples=of_the_database(10))  # each reads everything twice
    @given(data=st.data())
    def test_off_is_as_good_as_deleted(self, data: st.DataObject) -> None:
        keys = [(model, pk) for model in MODELS for pk in model._default_manager.values_list("pk", flat=True)]
        off = data.draw(st.sets(st.sampled_from(keys)))
        with transaction.atomic():
            for model, pk in off:
                model._default_manager.filter(pk=pk).delete()
            deleted = reading(self.wards)
            transaction.set_rollback(True)
        for model, pk in keys:
            model._default_manager.filter(pk=pk).update(is_active=(model, pk) not in off)
        assert reading(self.wards) == deleted

    def test_all_of_it_is_read(self) -> None:
        """So that the property above is about something."""
        before = reading(self.wards)
        for model in MODELS:
            with transaction.atomic():
                model._default_manager.update(is_active=False)
                assert reading(self.wards) != before
                transaction.set_rollback(True)
        assert GenerationRun.objects.count() == 0
