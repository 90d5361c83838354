"""A program at the turn of the year: a published year, people of all kinds, a curriculum over the whole residency."""

from collections.abc import Iterable
from datetime import date, timedelta

from people.models import Person, Standing, User
from people.rollover import Bounds, Decision, Newcomer
from people.standing import ranks_of
from scheduling.models import Cohort, History, Schedule
from scheduling.services.rollover import Asked, Rollover, dry_run, roll_over
from scheduling.services.rollover_page import opening
from tests.factories import (
    FIRST,
    LAST,
    make_curriculum,
    make_day_shift,
    make_night_shift,
    make_person,
    make_program,
    make_rotation,
    make_schedule,
    make_user,
    make_year,
    place,
)

DAY = timedelta(days=1)
NEW_FIRST, NEW_LAST = LAST + DAY, date(2028, 6, 30)
NOVEMBER = date(2026, 11, 3)


class Turn:
    """Ana, Bo, Cy are PGY-1 to 3, Dr. Fay is faculty; Ana and Cy are on the ward all year, Bo in intensive care."""

    def __init__(self, *, status: str = Schedule.Status.PUBLISHED) -> None:
        self.program = make_program()
        self.coordinator = make_user("coordinator", User.Role.COORDINATOR, programs=(self.program,))
        self.old = make_year(self.program)
        self.day, self.night = make_day_shift(self.program), make_night_shift(self.program)
        self.ward = make_rotation(self.program, "WA", "Ward A", position=1)
        self.icu = make_rotation(self.program, "ICU", "Intensive care", position=2)
        self.ana, self.bo, self.cy = (
            make_person(self.program, name, n) for n, name in enumerate(("Ana", "Bo", "Cy"), 1)
        )
        self.fay = make_person(self.program, "Dr. Fay", None)
        Standing.objects.create(person=self.bo, from_date=FIRST, pgy_level=2)
        self.schedule = make_schedule(self.old, status)
        for person, rotation in ((self.ana, self.ward), (self.bo, self.icu), (self.cy, self.ward)):
            for number in range(1, 14):
                place(self.schedule, person, number, rotation)
        for level in (1, 2, 3):
            make_curriculum(self.program, level, self.icu, counts_history=level == 3)
        History.objects.create(academic_year=self.old, person=self.bo, rotation=self.icu, periods=2)
        self.cohort = Cohort.objects.create(academic_year=self.old, name="A", rotation=self.icu, periods=[1, 6, 11])

    @property
    def bounds(self) -> Bounds:
        finals = opening(self.program, NEW_FIRST, NEW_LAST).finals
        return Bounds(NEW_FIRST, NEW_LAST, {track: level for track, level in finals.items() if level})

    def asked(self, *changed: Decision, newcomers: Iterable[Newcomer] = ()) -> Asked:
        """What is proposed, but for these."""
        proposed = opening(self.program, NEW_FIRST, NEW_LAST).proposals(self.bounds)
        decisions = proposed | {each.person: each for each in changed}
        return Asked(self.bounds, list(decisions.values()), list(newcomers))

    def check(self, asked: Asked) -> Rollover:
        return dry_run(program=self.program, asked=asked)

    def do(self, asked: Asked, *, seen: str = "", today: date = NOVEMBER) -> Rollover | None:
        """As it was just checked, unless something else was `seen`."""
        digest = seen or self.check(asked).digest
        return roll_over(program=self.program, user=self.coordinator, asked=asked, seen=digest, today=today)

    def level(self, person: Person, day: date) -> int:
        return ranks_of(self.program).on(person.pk, day).level
