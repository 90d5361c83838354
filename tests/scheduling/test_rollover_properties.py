"""Any set of decisions: what the dry run counted is what is written, and the past is what it was."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from absences.models import Absence
from people.models import Person, Standing
from people.rollover import Decision, Fate, Newcomer, problems
from people.standing import Rank, ranks_of
from people.turning import turn as turn_people
from scheduling.models import AcademicYear, Cohort, History, Period, Schedule
from scheduling.services.rollover import Rollover, members
from scheduling.services.rollover_year import new_year
from tests.examples import of_the_database
from tests.factories import FIRST, make_person
from tests.scheduling.turn import DAY, NEW_FIRST, NEW_LAST, Turn

PAST = [FIRST + timedelta(days=offset) for offset in (0, 1, 100, 193, 194, 363, 364)]
days_of_the_new_year = st.one_of(
    st.none(), st.integers(-1, (NEW_LAST - NEW_FIRST).days).map(lambda offset: NEW_FIRST + timedelta(days=offset))
)
decisions = st.tuples(
    st.sampled_from(list(Fate)),
    days_of_the_new_year,
    st.integers(1, 4),
    st.sampled_from(["", "NEURO"]),
    st.sampled_from(["", "A", "B"]),
)
people = st.lists(decisions, min_size=7, max_size=7)
joining = st.lists(st.integers(1, 3), max_size=2)


def world() -> Turn:
    """People of all kinds: unrecorded, recorded, off-cycle, something recorded ahead, starting, ending, faculty."""
    turn = Turn()
    off_cycle = make_person(turn.program, "Di", 2)
    Standing.objects.create(person=off_cycle, from_date=FIRST, pgy_level=1, cohort="A")
    Standing.objects.create(person=off_cycle, from_date=FIRST + timedelta(days=194), pgy_level=2, cohort="B")
    ahead = make_person(turn.program, "Ed", 1, end_date=NEW_LAST)
    Standing.objects.create(person=ahead, from_date=NEW_FIRST, pgy_level=2)
    Standing.objects.create(person=ahead, from_date=NEW_FIRST + 90 * DAY, pgy_level=2, part_time_share="0.5")
    make_person(turn.program, "Flo", 1, start_date=NEW_FIRST + 30 * DAY)
    Absence.objects.create(person=ahead, start_date=NEW_FIRST - DAY, end_date=NEW_FIRST, status="approved")
    return turn


def decided(turn: Turn, drawn: list[tuple[Fate, date | None, int, str, str]]) -> list[Decision]:
    """The drawn decisions where they can be done; else what is proposed."""
    year = new_year(turn.program, NEW_FIRST, NEW_LAST)
    proposed = {each.person: each for each in turn.asked().decisions}
    found = []
    for member, (fate, day, level, track, cohort) in zip(members(turn.program, year), drawn, strict=True):
        decision = Decision(member.pk, fate, day, level, track, cohort)
        found.append(proposed[member.pk] if problems(member, decision, turn.bounds) else decision)
    return found


def whole(turn: Turn) -> dict[str, dict[Any, Any]]:
    """Every row that may be written, by its key."""
    rows: dict[str, Callable[[], Any]] = {
        "standings": lambda: Standing.objects.values_list(
            "pk", "person", "from_date", "pgy_level", "track", "cohort", "part_time_share"
        ),
        "last days": lambda: Person.objects.values_list("pk", "end_date"),
        "years": lambda: AcademicYear.objects.values_list("pk", "start_date", "end_date"),
        "periods": lambda: Period.objects.values_list("pk", "academic_year", "number", "start_date", "end_date"),
        "cohorts": lambda: Cohort.objects.values_list("pk", "academic_year", "name", "rotation"),
        "history": lambda: History.objects.values_list("pk", "academic_year", "person", "rotation", "periods"),
    }
    return {name: {row[0]: row[1:] for row in read()} for name, read in rows.items()}


def written(before: dict[str, dict[Any, Any]], after: dict[str, dict[Any, Any]]) -> dict[str, int]:
    return {name: sum(1 for key, row in after[name].items() if before[name].get(key) != row) for name in after}


def counted(plan: Rollover) -> dict[str, int]:
    return {
        "standings": plan.standings,
        "last days": plan.last_days + len(plan.newcomers),
        "years": 1,
        "periods": len(plan.year.periods),
        "cohorts": len(plan.work.cohorts),
        "history": sum(plan.history),
    }


def past(turn: Turn, keys: list[int]) -> list[Rank]:
    ranks = ranks_of(turn.program)
    return [ranks.on(key, day) for key in keys for day in PAST]


class AnyDecisions(TestCase):
    @settings(max_examples=of_the_database(10), deadline=None)
    @given(people, joining, st.booleans())
    def test_what_was_counted_is_written_and_the_past_stays(
        self, drawn: list[tuple[Fate, date | None, int, str, str]], joins: list[int], is_there: bool
    ) -> None:
        turn = world()
        if is_there:
            AcademicYear.objects.create(program=turn.program, start_date=NEW_FIRST, end_date=NEW_LAST)
        keys = list(Person.objects.filter(start_date=None).values_list("pk", flat=True))  # who was there in the past
        newcomers = [Newcomer(f"New {n}", "", level, NEW_FIRST, "") for n, level in enumerate(joins)]
        asked = turn.asked(*decided(turn, drawn), newcomers=newcomers)
        plan, before, ranks = turn.check(asked), whole(turn), past(turn, keys)

        assert turn.do(asked, seen=plan.digest) is not None

        after = whole(turn)
        years = {"years": 0, "periods": 0} if is_there else {}
        assert written(before, after) == counted(plan) | years
        assert {name: set(before[name]) - set(after[name]) for name in before} == {name: set() for name in before}
        assert past(turn, keys) == ranks
        self.say_what_was_decided(turn, plan)

        assert turn.do(asked, seen=plan.digest) is None
        assert whole(turn) == after

        for day in (NEW_FIRST, NEW_FIRST + 120 * DAY, NEW_LAST + DAY):
            turn_people(program=turn.program, today=day, since=day - 200 * DAY)
            assert past(turn, keys) == ranks
        assert Schedule.objects.get().revision == 1

    def say_what_was_decided(self, turn: Turn, plan: Rollover) -> None:
        """On the first day and on the last each is what was decided, and who goes has their last day."""
        ranks = ranks_of(turn.program)
        ends = dict(Person.objects.values_list("pk", "end_date"))
        for each in plan.changes:
            member, decision = each.member, each.decision
            if decision.fate in (Fate.GRADUATES, Fate.LEAVES):
                assert ends[member.pk] == (decision.day or NEW_FIRST - DAY)
                continue
            assert ends[member.pk] == member.end
            until_then = member.before.level or 0
            level = decision.level if decision.fate in (Fate.PROMOTED, Fate.LATER) else until_then
            begins = max(NEW_FIRST, member.start or NEW_FIRST)
            at_once = until_then if decision.fate is Fate.LATER and decision.day and decision.day > begins else level
            assert ranks.on(member.pk, begins).level == at_once
            assert ranks.on(member.pk, NEW_LAST).level == level
            assert ranks.on(member.pk, NEW_LAST).track == decision.track
