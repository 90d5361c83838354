"""The smallest program of which a whole year can be generated."""

from datetime import date

from people.models import User
from scheduling.models import Curriculum, GenerationRun, Staffing
from scheduling.services import generate
from tests.factories import (
    make_day_shift,
    make_night_shift,
    make_person,
    make_program,
    make_rotation,
    make_schedule,
    make_user,
    make_year,
)


class Small:
    """Two residents and an attending, a ward with days, a clinic, two periods of four weeks, and a draft."""

    def __init__(self, name: str = "Internal Medicine") -> None:
        self.program = make_program(name)
        self.coordinator = make_user(
            f"{self.program.slug}-coordinator", User.Role.COORDINATOR, programs=(self.program,)
        )
        self.year = make_year(self.program, date(2026, 7, 1), date(2026, 8, 25))
        self.draft = make_schedule(self.year)
        self.day = make_day_shift(self.program)
        self.night = make_night_shift(self.program)
        self.ward = make_rotation(self.program, "WA", "Ward A", position=1)
        self.clinic = make_rotation(self.program, "CL", "Clinic", position=2)
        self.ana = make_person(self.program, "Ana", 1)
        self.bo = make_person(self.program, "Bo", 2)
        for level in (1, 2):
            Curriculum.objects.create(program=self.program, level=level).rotations.set([self.ward, self.clinic])
        self.staffing = Staffing.objects.create(program=self.program, name="Ward by day", shift_type=self.day, fewest=1)
        self.staffing.rotations.set([self.ward])

    def request(self, **values: object) -> GenerationRun:
        """Ask for the draft, without a worker."""
        return generate.request(
            **{"schedule": self.draft, "user": self.coordinator, "enqueue": False} | values  # type: ignore[arg-type]
        )
