"""Any sequence of gestures, undo and redo: one assignment per person and block, right counters, an audit entry each,
and undoing all gives the start."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from people.models import AuditLog, User
from scheduling.models import Assignment, Edit, Schedule
from scheduling.services.edit import redo, undo
from scheduling.services.facts_kept import known_of
from scheduling.services.gestures import Gesture
from scheduling.services.grid_rows import Wanted
from scheduling.services.month_gestures import Done, perform
from scheduling.services.month_grid import read_month
from scheduling.services.month_patch import read_touched
from tests.examples import of_the_database
from tests.factories import Wards, make_day_shift, make_user, make_wards, work

FIRST, LAST, MONTH_END = date(2026, 12, 1), date(2026, 12, 5), date(2026, 12, 31)
DAYS = [FIRST + timedelta(days=offset) for offset in range(5)]
CONTENTS = ((), (("WA", "D"),), (("ICU", "N"),), (("ICU", "D"), ("WA", "N")), (("WA", "AM"), ("ICU", "D")))
MOVES = ("move", "swap", "push")

# Mostly where somebody works, or is on leave, so that most steps do something.
cells = st.sampled_from([(0, 0), (0, 0), (0, 1), (0, 1), (1, 0), (1, 0), (1, 2), (2, 1), (2, 4), (0, 3)])
gestures = st.one_of(
    st.tuples(st.just("set"), cells, st.sampled_from(CONTENTS)),
    st.tuples(st.just("set"), cells, st.sampled_from(CONTENTS)),
    st.tuples(st.sampled_from(MOVES), cells, cells),
    st.tuples(st.sampled_from(("pin", "loosen", "note")), cells, st.none()),
    st.tuples(st.sampled_from(("undo", "redo")), st.none(), st.none()),
)
# So that each verb is reached, whatever is drawn.
EACH = [
    ("set", (2, 1), CONTENTS[3]),
    ("pin", (0, 0), None),
    ("swap", (0, 0), (2, 1)),
    ("push", (0, 1), (0, 0)),
    ("undo", None, None),
    ("redo", None, None),
    ("note", (0, 1), None),
    ("loosen", (2, 1), None),
    ("move", (1, 0), (1, 2)),
    ("move", (0, 4), (0, 3)),
]


class Program:
    """Three people, two rotations, three shift types, a month in which two of them work a little."""

    def __init__(self) -> None:
        self.wards: Wards = make_wards(status="draft")
        make_day_shift(self.wards.program, name="Morning", code="AM", start_time="07:00", hours=4, position=3)
        self.user = make_user("owner", User.Role.COORDINATOR, programs=(self.wards.program,))
        self.reached: Counter[str] = Counter()
        self.examples = 0
        ada, bo, _ = self.wards.people
        work(self.wards.schedule, ada, DAYS[0], self.wards.day, self.wards.ward, note="Room 3", source="generated")
        work(self.wards.schedule, ada, DAYS[1], self.wards.day, self.wards.icu, is_pinned=True)
        work(self.wards.schedule, bo, DAYS[0], self.wards.night, self.wards.icu, role="backup")
        bo.absences.create(start_date=DAYS[2], end_date=DAYS[2], kind="sick", status="approved")

    @property
    def schedule(self) -> Schedule:
        return Schedule.objects.get(pk=self.wards.schedule.pk)

    def do(self, step: tuple) -> Done | None:
        """One step, and what was done where it was a gesture; what cannot be done changes nothing."""
        verb, one, other = step
        done = None
        before = self.counts()
        try:
            if verb in ("undo", "redo"):
                (undo if verb == "undo" else redo)(schedule=self.schedule, user=self.user)
            else:
                done = perform(schedule=self.schedule, user=self.user, gesture=self._gesture(verb, one, other))
        except ValidationError:
            assert self.counts() == before
            self.reached["refused"] += 1
        else:
            self.reached[verb] += 1
            revision, entries, _rows = before
            assert self.counts()[:2] == (revision + 1, entries + 1)
        return done

    def counts(self) -> tuple[int, int, list[tuple]]:
        return self.schedule.revision, AuditLog.objects.count(), self.rows()

    def _gesture(self, verb: str, one: tuple[int, int], other: object) -> Gesture:
        at = self._at(one)
        moves = verb in MOVES
        return Gesture(
            verb,
            cells={} if moves else {at: other if verb == "set" else ()},
            start=at if moves else None,
            end=self._at(other) if moves else None,  # type: ignore[arg-type]
            was={},
            revision=self.schedule.revision,
            note="Ask first",
            reason="It has to be",
        )

    def _at(self, cell: tuple[int, int]) -> tuple[int, date]:
        return self.wards.people[cell[0]].pk, DAYS[cell[1]]

    def rows(self) -> list[tuple]:
        names = ("person", "block__date", "block__shift_type__code", "rotation__code")
        states = ("role", "source", "is_pinned", "note", "override")
        rows = Assignment.objects.filter(schedule=self.schedule, block__date__gte=FIRST)
        return sorted(rows.values_list(*names, *states))


@contextmanager
def rolled_back() -> Iterator[None]:
    """What an example does is undone by the database, so that each one starts alike."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def program(db: None) -> Program:
    return Program()


@example(steps=EACH)
@settings(max_examples=of_the_database(12), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(gestures, min_size=4, max_size=8))
def _any_sequence(program: Program, steps: list[tuple]) -> None:
    with rolled_back():
        start = program.rows()
        program.examples += 1
        for step in steps:
            done = program.do(step)
            rows = program.rows()
            places = [row[:3] for row in rows]
            assert len(places) == len(set(places))
            assert_counted(program, rows)
            assert_patched(program, done)
        while Edit.objects.filter(undone_at__isnull=True).exists():
            undo(schedule=program.schedule, user=program.user)
        assert program.rows() == start


def assert_patched(program: Program, done: Done | None) -> None:
    """What a patch reads, of some days and people alone, or knows from the gesture, is what the whole month says."""
    schedule, people = program.schedule, {person.pk for person in program.wards.people[:2]}
    if done is not None:
        people = {cell["person"] for cell in done.edit.cells}
        assert done.held is not None
        program.reached["known"] += done.held.covers(people, FIRST - timedelta(days=1), MONTH_END)
    # Nothing that is known of the program changes here: so on SQLite too, lines are kept from step to step.
    known = replace(known_of(schedule), digest=f"example {program.examples}")
    found = read_touched(known, schedule, FIRST, MONTH_END, Wanted(), people, done)
    whole = read_month(program.wards.program, [schedule], FIRST, MONTH_END)
    assert list(found.staffing) == list(whole.staffing)
    rows = {row.row.pk: row for group in whole.groups for row in group.rows}
    for row in (row for group in found.groups for row in group.rows):
        assert (row.cells, row.tally) == (rows[row.row.pk].cells, rows[row.row.pk].tally)


def assert_counted(program: Program, rows: list[tuple]) -> None:
    """The month's sums and counts are those of the rows, counted in another way."""
    wards = program.wards
    month = read_month(wards.program, [program.schedule], FIRST, LAST)
    worked = [row for row in rows if row[1] <= LAST]
    for group in month.groups:
        for person in group.rows:
            own = [row for row in worked if row[0] == person.row.pk and row[4] != "backup"]
            assert person.tally.nights == sum(row[2] == "N" for row in own)
            assert person.tally.weekends == (1 if any(row[1].weekday() >= 5 for row in own) else 0)
    line = next(line for line in month.staffing if line.label == "WA day")
    away = {(wards.people[1].pk, DAYS[2])}
    for day, count in zip(month.days, line.counts, strict=True):
        there = [
            row
            for row in worked
            if row[1:4] == (day.date, "D", "WA") and row[4] != "backup" and (row[0], row[1]) not in away
        ]
        assert count is not None
        assert count.number == len(there)


def test_any_sequence_can_be_undone_and_counts_are_right(program: Program) -> None:
    _any_sequence(program)
    # It reached all that it is about.
    assert set(program.reached) == {"set", *MOVES, "pin", "loosen", "note", "undo", "redo", "refused", "known"}
