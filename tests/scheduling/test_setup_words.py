"""What each row of a program's rules says, word for word."""

from datetime import time
from typing import Any

import pytest

from people.models import Program
from scheduling.models import Cohort, CrossCover, Rotation, SequenceRule, ShiftType
from scheduling.services import setup_sentences as say
from scheduling.services.setup_sequences import sequence_detail, sequence_rule
from scheduling.services.setup_words import amount, days, listed, periods, spans, who
from tests.factories import make_curriculum, make_day_shift, make_program, make_rotation, make_staffing, make_year


@pytest.mark.parametrize(
    ("words", "said"),
    [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")],
)
def test_lists(words, said):
    assert listed(words) == said


@pytest.mark.parametrize(
    ("numbers", "said"),
    [([], ""), ([5], "5"), ([1, 2], "1 and 2"), ([1, 2, 3], "1 to 3"), ([10, 5, 15, 16, 17], "5, 10 and 15 to 17")],
)
def test_spans(numbers, said):
    assert spans(numbers) == said


@pytest.mark.parametrize(
    ("weekdays", "said"),
    [
        ([], "each day"),
        ([0, 1, 2, 3, 4, 5, 6], "each day"),
        ([0, 1, 2, 3, 4], "Monday to Friday"),
        ([5, 6], "Saturday and Sunday"),
        ([0, 3, 6], "Monday, Thursday and Sunday"),
    ],
)
def test_weekdays(weekdays, said):
    assert days(weekdays) == said


@pytest.mark.parametrize(
    ("levels", "options", "said"),
    [
        ([], {}, "residents"),
        ([], {"number": 1}, "resident"),
        ([0], {}, "faculty members"),
        ([0], {"number": 1}, "faculty member"),
        ([1, 2, 3], {}, "PGY-1 to PGY-3 residents"),
        ([2, 3], {"number": 1, "last": "or"}, "PGY-2 or PGY-3 resident"),
        ([2, 0], {}, "PGY-2 residents and faculty members"),
        ([1], {"track": "NEURO"}, "PGY-1 NEURO residents"),
        ([], {"track": "-"}, "categorical residents"),
    ],
)
def test_people(levels, options, said):
    assert who(levels, **options) == said


@pytest.mark.parametrize(
    ("fewest", "most", "said"),
    [
        (2, 4, "2 to 4"),
        (2, None, "at least 2"),
        (0, 3, "at most 3"),
        (0, None, "any number of"),
        (0, 0, "no"),
        (1, 1, "just 1"),
        (None, 2, "at most 2"),
    ],
)
def test_amounts(fewest, most, said):
    assert amount(fewest, most) == said


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (None, None, ""),
        (2, None, "from period 2 on"),
        (None, 5, "until period 5"),
        (2, 5, "in periods 2 to 5"),
        (3, 3, "in period 3"),
    ],
)
def test_periods(first, last, said):
    assert periods(first, last) == said


class Catalog:
    """Two wards and an intensive care unit, with a day and a night."""

    def __init__(self) -> None:
        self.program: Program = make_program()
        self.ward = make_rotation(self.program, "WA", "Wards A", position=1)
        self.other = make_rotation(self.program, "WB", "Wards B", position=2)
        self.icu = make_rotation(self.program, "ICU", "Medical ICU", position=3)
        self.day = make_day_shift(self.program)

    def rule(self, kind: str, *rotations: Rotation, then: tuple[Rotation, ...] = (), **values: Any) -> str:
        row = SequenceRule.objects.create(program=self.program, kind=kind, name="As it is called", **values)
        row.rotations.set(rotations or (self.icu,))
        row.next_rotations.set(then)
        return sequence_rule(row)


@pytest.fixture
def catalog(db: None) -> Catalog:
    return Catalog()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"fewest": 2, "most": 4}, "Wards A: 2 to 4 residents in each period"),
        ({"fewest": 1, "levels": [2, 3]}, "Wards A: at least 1 PGY-2 or PGY-3 resident in each period"),
        ({"fewest": 0, "most": 1, "levels": [0]}, "Wards A: at most 1 faculty member in each period"),
        ({"fewest": 2, "first_period": 2}, "Wards A: at least 2 residents from period 2 on"),
    ],
)
def test_staffing_of_periods(catalog, values, said):
    assert say.staffing(make_staffing(catalog.program, "Wards", catalog.ward, **values)) == said


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"fewest": 2, "most": 4}, "Wards A, Day: 2 to 4 residents each day"),
        (
            {"fewest": 2, "most": 4, "weekdays": [0, 1, 2, 3, 4], "holidays": "not"},
            "Wards A, Day: 2 to 4 residents, Monday to Friday, not on holidays",
        ),
        ({"fewest": 1, "holidays": "only"}, "Wards A, Day: at least 1 resident each day, only on holidays"),
        (
            {"fewest": 1, "first_period": 2, "last_period": 5},
            "Wards A, Day: at least 1 resident each day, in periods 2 to 5",
        ),
    ],
)
def test_staffing_of_blocks(catalog, values, said):
    row = make_staffing(catalog.program, "Wards", catalog.ward, shift_type=catalog.day, **values)
    assert say.staffing(row) == said


def test_staffing_in_small_print(catalog):
    row = make_staffing(
        catalog.program,
        "Both wards",
        catalog.other,
        catalog.ward,
        fewest=2,
        most=3,
        weight=0.5,
        part_leave_weight=0.25,
        excluded_tracks=["NEURO", "PRELIM"],
        price_below=500,
    )
    assert say.staffing(row) == "Wards A and Wards B together: 2 to 3 residents in each period"
    assert say.staffing_detail(row) == (
        "Both wards · NEURO and PRELIM not counted · one person counts 0.5 · 0.25 while partly on leave · "
        "one missing costs 500 · one too many costs 100"
    )


@pytest.mark.parametrize(
    ("level", "values", "said"),
    [
        (1, {"fewest": 2, "most": 3}, "PGY-1 residents owe 2 to 3 periods of Wards A or Medical ICU"),
        (2, {"fewest": 1}, "PGY-2 residents owe at least 1 period of Wards A or Medical ICU"),
        (0, {"fewest": 0, "most": 2}, "Faculty members may have at most 2 periods of Wards A or Medical ICU"),
        (
            3,
            {"fewest": 1, "most": 1, "track": "NEURO"},
            "PGY-3 NEURO residents owe just 1 period of Wards A or Medical ICU",
        ),
    ],
)
def test_curriculum(catalog, level, values, said):
    assert say.curriculum(make_curriculum(catalog.program, level, catalog.icu, catalog.ward, **values)) == said


def test_curriculum_in_small_print(catalog):
    row = make_curriculum(
        catalog.program, 1, catalog.icu, waived_on_leave=True, allows_leave=False, counts_history=True, price=20
    )
    assert say.curriculum_detail(row) == (
        "Not owed by who is on leave for a whole period · not in a period that is partly leave · what was done in the "
        "years before counts · one missing or too many costs 20"
    )


def test_cross_cover(catalog):
    row = CrossCover.objects.create(rotation=catalog.icu, covers=catalog.ward, levels=[2, 3], weekdays=[5, 6], price=4)
    row.shift_types.set([catalog.day])
    assert say.cross_cover(row) == (
        "PGY-2 and PGY-3 residents on Medical ICU may be called to Wards A, Day, Saturday and Sunday"
    )
    assert say.cross_cover_detail(row) == "One such call costs 4"


@pytest.mark.parametrize(
    ("periods", "otherwise", "said", "detail"),
    [
        ([5, 10, 13], False, "Blue is on Medical ICU in periods 5, 10 and 13", "In no other period"),
        ([5], True, "Blue is on Medical ICU in period 5", "May be there in other periods too"),
        ([], False, "Blue is never on Medical ICU", ""),
        ([], True, "Blue may be on Medical ICU in any period", ""),
    ],
)
def test_cohorts(catalog, periods, otherwise, said, detail):
    row = Cohort(
        academic_year=make_year(catalog.program),
        name="Blue",
        rotation=catalog.icu,
        periods=periods,
        may_be_there_otherwise=otherwise,
    )
    assert (say.cohort(row), say.cohort_detail(row)) == (said, detail)


def test_rotations_and_shift_types(catalog):
    row = make_rotation(catalog.program, "NF", "Night float", is_night_float=True, allows_vacation=False)
    assert (say.rotation(row), say.rotation_detail(row)) == (
        "Night float",
        "Works nights only · no vacation is taken from here",
    )
    catalog.icu.weekly_hours_limit = 88
    catalog.icu.regular_shifts.set([catalog.day])
    catalog.icu.regular_weekdays = [0, 1]
    assert say.rotation_detail(catalog.icu) == "Everybody here works Day Monday and Tuesday · at most 88 hours a week"
    home = ShiftType.objects.create(
        program=catalog.program, name="Home call", code="H", start_time=time(18), hours="13.5", counted_hours="1.5",
        duty="home_call", is_night=True, position=3,
    )  # fmt: skip
    home.not_followed_by.set([catalog.day])
    assert say.shift_type(home) == "Home call: 18:00 to 07:30, 13.5 hours"
    assert (
        say.shift_type_detail(home)
        == "Home call · a night · 1.5 hours count as work · not followed the next day by Day"
    )


def test_a_rotation_that_is_off_says_what_still_asks_for_people(catalog):
    for number in range(2):
        make_staffing(catalog.program, f"Unit {number}", catalog.icu)
    assert say.rotation_detail(catalog.icu) == ""
    catalog.icu.is_active = False
    told = "2 sentences of staffing still ask for people here: switch off those too"
    assert say.rotation_detail(catalog.icu) == told
    catalog.icu.staffing.update(is_active=False)
    assert say.rotation_detail(catalog.icu) == ""


def test_sequence_rules(catalog):
    ward, icu = catalog.ward, catalog.icu
    assert catalog.rule("not_in_a_row") == "No residents are on Medical ICU two periods in a row"
    assert catalog.rule("not_in_a_row", icu, then=(ward,), levels=[1]) == (
        "No PGY-1 residents go straight from Medical ICU to Wards A"
    )
    assert catalog.rule("not_in_a_row", starts=[2, 4]) == (
        "No residents are on Medical ICU two periods in a row, beginning in periods 2 and 4"
    )
    assert (
        catalog.rule("in_a_row", icu, then=(ward,), price=2)
        == "Residents rather go from Medical ICU straight to Wards A"
    )
    assert catalog.rule("in_a_row", price=2) == "Residents rather stay on Medical ICU for two periods in a row"
    assert catalog.rule("gap", window=2) == (
        "No residents leave Medical ICU and come back after just 2 periods elsewhere"
    )
    assert catalog.rule("at_most", ward, icu, most=3, window=4) == (
        "Residents have at most 3 periods of Wards A or Medical ICU in any 4 periods"
    )
    assert catalog.rule("at_most", most=1) == "Residents have at most 1 period of Medical ICU in the year"
    assert catalog.rule("only_in", levels=[1], first_period=2) == (
        "PGY-1 residents are on Medical ICU only from period 2 on"
    )
    assert catalog.rule("must_be_in", levels=[3], starts=[13]) == "PGY-3 residents are on Medical ICU in period 13"
    assert catalog.rule("stint", fewest=2, most=4) == "Residents stay on Medical ICU for 2 to 4 periods at a time"
    assert catalog.rule("stint", most=1) == "Residents stay on Medical ICU for just 1 period at a time"


def test_sequence_rules_in_small_print(catalog):
    def detail(kind: str, price: float | None) -> str:
        return sequence_detail(SequenceRule(kind=kind, name="As it is called", price=price))

    assert detail("not_in_a_row", None) == "As it is called"
    assert detail("not_in_a_row", 5) == "As it is called · breaking it once costs 5"
    assert detail("in_a_row", 2) == "As it is called · each time is worth 2"
