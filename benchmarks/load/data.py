"""The program that the load test reads and changes: 60 people, a year with a published roster, 100 accounts.

Forty of them belong to nobody in the grid, which stays one of 60 rows: coordinators, chiefs and directors, all of whom
see what coordinators see.

Run where the site's settings are: manage.py shell -c "from benchmarks.load.data import make; make()"
"""

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from benchmarks.cover import published_year
from benchmarks.load.names import COORDINATORS, PASSWORD, RESIDENTS, SLUG
from people.models import Person, Program, User


def make() -> None:
    """Unless it is there. The passwords are hashed as any: signing in costs what it costs."""
    if Program.objects.filter(slug=SLUG).exists():
        print(f"The program {SLUG} is there.")
        return
    with transaction.atomic():
        program = published_year(RESIDENTS, SLUG).program
        hashed = make_password(PASSWORD)
        residents = list(program.people.order_by("code"))
        for number, person in enumerate(residents):
            person.user = _account(f"resident{number}", User.Role.RESIDENT, hashed)
        Person.objects.bulk_update(residents, ["user"])
        for number in range(COORDINATORS):
            _account(f"coordinator{number}", User.Role.COORDINATOR, hashed).programs.add(program)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"Made the program {SLUG}: {RESIDENTS} residents, {COORDINATORS} coordinators.")


def _account(name: str, role: str, hashed: str) -> User:
    return User.objects.create(username=f"load-{name}", role=role, password=hashed)
