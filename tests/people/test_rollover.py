"""What becomes of people at the turn of the year: proposals, what is wrong with a decision, and what it writes."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from people.rollover import (
    ALWAYS,
    Bounds,
    Decision,
    Fate,
    Member,
    Stand,
    change,
    made_code,
    problems,
    propose,
    sentence,
)

FIRST, LAST, BEFORE = date(2027, 7, 1), date(2028, 6, 30), date(2027, 6, 30)
OCTOBER = date(2027, 10, 15)
BOUNDS = Bounds(FIRST, LAST, {"": 3, "PRE": 1})


def member(level: int | None = 1, **more: object) -> Member:
    stand = Stand(date(2026, 7, 1), level, str(more.pop("track", "")), str(more.pop("cohort", "")))
    given = {"pk": 7, "code": "LEE", "name": "Ann Lee", "is_resident": level is not None, "before": stand}
    return Member(**given | more)  # type: ignore[arg-type]


def decide(fate: Fate, day: date | None = None, level: int | None = None, **more: str) -> Decision:
    return Decision(7, fate, day, level, **more)


@pytest.mark.parametrize(
    ("who", "proposed"),
    [
        (member(1), decide(Fate.PROMOTED, level=2)),
        (member(2, cohort="B"), decide(Fate.PROMOTED, level=3, cohort="B")),
        (member(3), decide(Fate.GRADUATES, BEFORE, 3)),
        (member(4), decide(Fate.GRADUATES, BEFORE, 4)),
        (member(1, track="PRE"), decide(Fate.GRADUATES, BEFORE, 1, track="PRE")),
        (member(2, track="NEURO"), decide(Fate.PROMOTED, level=3, track="NEURO")),
        (member(None), decide(Fate.STAYS)),
        (member(2, moved=date(2026, 10, 15)), decide(Fate.LATER, OCTOBER, 3)),
        (member(3, moved=date(2026, 10, 15)), decide(Fate.GRADUATES, date(2027, 10, 14), 3)),
        (member(2, moved=date(2024, 2, 29)), decide(Fate.PROMOTED, level=3)),
        (member(1, start=FIRST), decide(Fate.STAYS, level=1)),
        (member(1, start=OCTOBER), decide(Fate.STAYS, level=1)),
    ],
)
def test_proposed(who, proposed):
    assert propose(who, BOUNDS) == proposed


def test_what_is_recorded_for_the_new_year_is_proposed():
    ahead = [Stand(FIRST, 2, "", "C"), Stand(date(2028, 1, 1), 2, "", "C", Decimal("0.5"))]
    assert propose(member(1, recorded=ahead), BOUNDS) == decide(Fate.PROMOTED, level=2, cohort="C")
    later = [Stand(OCTOBER, 3)]
    assert propose(member(2, recorded=later), BOUNDS) == decide(Fate.LATER, OCTOBER, 3)
    beyond = [Stand(date(2028, 7, 1), 3)]
    assert propose(member(1, recorded=beyond), BOUNDS) == decide(Fate.PROMOTED, level=2)


def test_who_nobody_knows_a_level_of_stays_and_nobody_graduates_where_no_level_is_the_last():
    unknown = replace(member(1), before=Stand(date(2026, 7, 1), None))
    assert propose(unknown, BOUNDS).fate is Fate.STAYS
    assert propose(member(5), Bounds(FIRST, LAST)) == decide(Fate.PROMOTED, level=6)


@pytest.mark.parametrize(
    ("who", "decision", "wrong"),
    [
        (member(None), decide(Fate.PROMOTED, level=2), [("fate", "Faculty have no level: they stay or leave.")]),
        (
            member(1),
            decide(Fate.LATER, None, 2),
            [("day", "A later promotion needs its day, from 2 Jul 2027 to 30 Jun 2028.")],
        ),
        (
            member(1),
            decide(Fate.LATER, FIRST, 2),
            [("day", "A later promotion needs its day, from 2 Jul 2027 to 30 Jun 2028.")],
        ),
        (
            member(1),
            decide(Fate.LEAVES, date(2027, 6, 29)),
            [("day", "The last day lies from 30 Jun 2027 to 30 Jun 2028.")],
        ),
        (
            member(3),
            decide(Fate.GRADUATES, date(2028, 7, 1)),
            [("day", "The last day lies from 30 Jun 2027 to 30 Jun 2028.")],
        ),
        (
            member(1, start=OCTOBER),
            decide(Fate.LEAVES, date(2027, 10, 14)),
            [("day", "The last day is before the first, 15 Oct 2027.")],
        ),
        (
            member(1, start=OCTOBER),
            decide(Fate.LEAVES),
            [("day", "The last day is before the first, 15 Oct 2027.")],
        ),
        (member(1), decide(Fate.PROMOTED), [("level", "Say to which PGY level, such as 2.")]),
        (
            member(2),
            decide(Fate.PROMOTED, level=2),
            [("level", "PGY-2 is what they are: choose “stays”, or another level.")],
        ),
        (member(2), decide(Fate.PROMOTED, level=1), []),
        (member(2), decide(Fate.LEAVES), []),
        (member(2), decide(Fate.STAYS), []),
    ],
)
def test_what_is_wrong_with_a_decision(who, decision, wrong):
    assert problems(who, decision, BOUNDS) == wrong


def written(who: Member, decision: Decision) -> tuple[list[Stand], Stand | None, date | None]:
    made = change(who, decision, BOUNDS)
    return [stand for stand, _old in made.standings], made.baseline, made.end


def test_a_promotion_holds_from_the_first_day():
    assert written(member(1), decide(Fate.PROMOTED, level=2)) == ([Stand(FIRST, 2)], None, None)


def test_what_only_the_persons_own_row_says_is_kept_for_the_past_once_something_is_written():
    own = Stand(ALWAYS, 1, "", "A")
    never = member(1, cohort="A", unrecorded=own)
    stands, kept, _ = written(never, decide(Fate.PROMOTED, level=2, cohort="A"))
    assert (stands, kept) == ([Stand(FIRST, 2, "", "A")], own)
    assert written(never, decide(Fate.STAYS, cohort="A")) == ([], None, None)


def test_a_later_promotion_changes_the_cohort_at_once():
    assert written(member(2, cohort="A"), decide(Fate.LATER, OCTOBER, 3, cohort="B")) == (
        [Stand(FIRST, 2, "", "B"), Stand(OCTOBER, 3, "", "B")],
        None,
        None,
    )
    assert written(member(2), decide(Fate.LATER, OCTOBER, 3))[0] == [Stand(OCTOBER, 3)]


def test_who_stays_has_nothing_written_unless_something_changes():
    assert change(member(2), decide(Fate.STAYS), BOUNDS).is_empty
    assert written(member(2), decide(Fate.STAYS, track="NEURO"))[0] == [Stand(FIRST, 2, "NEURO")]
    assert change(member(None), decide(Fate.STAYS), BOUNDS).is_empty


def test_who_goes_has_a_last_day():
    assert written(member(3), decide(Fate.GRADUATES)) == ([], None, BEFORE)
    assert written(member(3, cohort="A"), decide(Fate.GRADUATES, OCTOBER, cohort="B")) == (
        [Stand(FIRST, 3, "", "B")],
        None,
        OCTOBER,
    )
    assert change(member(3, end=BEFORE), decide(Fate.GRADUATES), BOUNDS).is_empty


def test_what_is_recorded_already_gives_way_and_keeps_its_share():
    half = Decimal("0.5")
    recorded = [Stand(FIRST, 2), Stand(OCTOBER, 2, "", "", half)]
    made = change(member(1, recorded=recorded), decide(Fate.STAYS), BOUNDS)
    assert made.standings == [
        (Stand(FIRST, 1), Stand(FIRST, 2)),
        (Stand(OCTOBER, 1, "", "", half), Stand(OCTOBER, 2, "", "", half)),
    ]
    assert change(member(1, recorded=recorded), decide(Fate.PROMOTED, level=2), BOUNDS).is_empty
    beyond = [Stand(date(2028, 7, 1), 5)]
    assert change(member(1, recorded=beyond), decide(Fate.STAYS), BOUNDS).is_empty


@pytest.mark.parametrize(
    ("who", "decision", "words"),
    [
        (member(2), decide(Fate.PROMOTED, level=3), "Ann Lee: PGY-2 to PGY-3 from 1 Jul 2027."),
        (
            member(2, cohort="A"),
            decide(Fate.LATER, OCTOBER, 3),
            "Ann Lee: cohort none from 1 Jul 2027; PGY-2 to PGY-3 from 15 Oct 2027.",
        ),
        (member(2), decide(Fate.STAYS), "Ann Lee stays PGY-2."),
        (member(None), decide(Fate.STAYS), "Ann Lee stays Faculty."),
        (member(None), decide(Fate.LEAVES, OCTOBER), "Ann Lee (Faculty) leaves; last day 15 Oct 2027."),
        (member(3, track="NEURO"), decide(Fate.GRADUATES), "Ann Lee (PGY-3 NEURO) graduates; last day 30 Jun 2027."),
        (
            member(1, recorded=[Stand(FIRST, 3)]),
            decide(Fate.PROMOTED, level=2, track="NEURO"),
            "Ann Lee: PGY-1 to PGY-2, track NEURO, instead of PGY-3 as recorded from 1 Jul 2027.",
        ),
    ],
)
def test_a_decision_in_words(who, decision, words):
    assert sentence(change(who, decision, BOUNDS), BOUNDS) == words


def test_a_code_that_nobody_has():
    assert made_code("Ann Lee", []) == "LEE"
    assert made_code("Bo Lee", ["LEE", "LEE2"]) == "LEE3"
    assert made_code("Åsa D'Ør-Lie", []) == "DØRLIE"
    assert made_code("…", []) == "NEW"
