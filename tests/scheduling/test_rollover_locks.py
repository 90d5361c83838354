"""Two who begin the same year at the same moment: the second waits, and finds it done."""

import pytest

from people import rollover_rows
from people.models import AuditLog, Person, Standing
from people.rollover import Decision, Fate, Newcomer
from scheduling.models import AcademicYear
from tests.scheduling.test_locks import at_once, hold
from tests.scheduling.turn import NEW_FIRST, Turn

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("fate", "second"),
    [
        (Fate.PROMOTED, "done"),  # that is, nothing: it is the very same
        (Fate.STAYS, "Something is not as it was when you checked: read what would be done now, and do it then."),
    ],
)
def test_two_begin_the_same_year(fate: Fate, second: str, monkeypatch: pytest.MonkeyPatch) -> None:
    turn = Turn()
    joins = [Newcomer("Dee", "", 1, NEW_FIRST, "DEE2")] if fate is Fate.PROMOTED else []
    one = turn.asked(newcomers=joins)
    other = turn.asked(Decision(turn.ana.pk, fate, None, 2), newcomers=joins)
    seen = [turn.check(asked).digest for asked in (one, other)]
    held = hold(monkeypatch, rollover_rows, "write_changes")
    went = at_once(held, lambda: turn.do(one, seen=seen[0]), lambda: turn.do(other, seen=seen[1]))
    assert went == {"first": "done", "second": second}
    assert AcademicYear.objects.count() == 2
    assert Standing.objects.get(person=turn.ana, from_date=NEW_FIRST).pgy_level == 2
    assert Person.objects.filter(name="Dee").count() == len(joins)
    assert AuditLog.objects.count() == 1
