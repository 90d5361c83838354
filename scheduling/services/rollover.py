"""Begin a new academic year: its periods, what becomes of everybody, and what they bring along, in one go.

The same plan is shown first (`dry_run`) and then carried out (`roll_over`): it is worked out anew and refused where it
is not what was shown. Rules, staffing and curriculum are the program's, and fairness is read from the schedule
published before, so neither is copied.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from people import rollover_rows
from people.models import AuditLog, Person, Program, User, record
from people.rollover import Bounds, Change, Decision, Fate, Member, Newcomer, change, made_code, problems, sentence
from people.turning import turn
from scheduling.services import rollover_year
from scheduling.services.rollover_year import NewYear, Work
from scheduling.services.setup_revisions import bump_schedules

ACTION = "year rolled over"


class Changed(ValidationError):
    """What was shown is not what would be done by now."""


@dataclass(frozen=True, slots=True)
class Asked:
    """All that a coordinator decided."""

    bounds: Bounds
    decisions: Sequence[Decision]
    newcomers: Sequence[Newcomer] = ()


@dataclass(frozen=True, slots=True)
class Rollover:
    """All that would be written. `changes` are of everybody, also of those for whom nothing is."""

    bounds: Bounds
    year: NewYear
    changes: Sequence[Change]
    newcomers: Sequence[Newcomer]
    work: Work

    @property
    def standings(self) -> int:
        """How many standings would be written, baselines included."""
        return sum(len(each.standings) + (each.baseline is not None) for each in self.changes)

    @property
    def last_days(self) -> int:
        return sum(1 for each in self.changes if each.end is not None)

    @property
    def history(self) -> tuple[int, int]:
        """How many rows of history would be new, and how many changed."""
        new = sum(1 for key in self.work.history if key not in self.work.known)
        return new, sum(1 for key in self.work.history if rollover_year.differs(self.work, key))

    @property
    def by_fate(self) -> dict[Fate, list[Change]]:
        return {fate: [each for each in self.changes if each.decision.fate is fate] for fate in Fate}

    @property
    def digest(self) -> str:
        """Of everything that would be written, and of what it starts from."""
        cohorts = [(row.name, row.rotation_id, row.periods, row.may_be_there_otherwise) for row in self.work.cohorts]
        bounds = (self.bounds.first, self.bounds.last, sorted(self.bounds.finals.items()))
        year = (self.year.found and self.year.found.pk, self.year.old and self.year.old.pk, list(self.year.periods))
        history = (sorted(self.work.history.items()), sorted(self.work.known.items()))
        told = repr((bounds, year, list(self.changes), list(self.newcomers), cohorts, history))
        return hashlib.sha256(told.encode()).hexdigest()


def members(program: Program, year: NewYear, *, lock: bool = False) -> list[Member]:
    """Everybody for whom something has to be decided (2 queries)."""
    old_first = year.old.start_date if year.old else year.first
    return rollover_rows.members(program, year.first, old_first=old_first, lock=lock)


def dry_run(*, program: Program, asked: Asked) -> Rollover:
    """What would be done; nothing is. Raises ValidationError, in words that name the person, where it cannot be."""
    return _plan(program, asked, lock=False)


def _plan(program: Program, asked: Asked, *, lock: bool) -> Rollover:
    bounds = asked.bounds
    year = rollover_year.new_year(program, bounds.first, bounds.last)
    everybody = members(program, year, lock=lock)
    decided = {each.person: each for each in asked.decisions}
    wrong = [f"{each.name}: decide what becomes of them." for each in everybody if each.pk not in decided]
    changes = []
    for member in everybody:
        if member.pk in decided:
            found = problems(member, decided[member.pk], bounds)
            wrong += [f"{member.name}: {words}" for _field, words in found]
            changes.append(change(member, decided[member.pk], bounds) if not found else None)
    newcomers, clashes = _with_codes(program, asked.newcomers)
    if wrong := wrong + clashes:
        raise ValidationError(wrong)
    made = [each for each in changes if each is not None]
    going_on = [each.member.pk for each in made if each.end is None or each.end >= bounds.first]
    return Rollover(bounds, year, made, newcomers, rollover_year.work_of(program, year, going_on))


def _with_codes(program: Program, newcomers: Sequence[Newcomer]) -> tuple[list[Newcomer], list[str]]:
    """Newcomers, each with a code of their own, and a sentence for each code that is taken (1 query)."""
    taken = set(Person.objects.filter(program=program).values_list("code", flat=True))
    found, wrong = [], []
    for one in newcomers:
        if one.code in taken:
            wrong.append(f"{one.name}: somebody of the program has the code {one.code}; give another.")
        code = one.code or made_code(one.name, taken)
        taken.add(code)
        found.append(Newcomer(one.name, one.email, one.level, one.start, code, one.cohort))
    return found, wrong


def done_before(program: Program, seen: str) -> bool:
    """Whether this very plan has been carried out (1 query)."""
    return AuditLog.objects.filter(program=program, action=ACTION, changes__digest=seen).exists()


def roll_over(*, program: Program, user: User | None, asked: Asked, seen: str, today: date) -> Rollover | None:
    """Carry out what was shown: the plan whose digest is `seen`. None where that has been done before.

    One transaction, audited. Raises Changed, in words, where it would be something else by now, and ValidationError
    as `dry_run` does.
    """
    with transaction.atomic():
        # Two coordinators may press at once: the second waits here, and finds it done.
        program = Program.objects.select_for_update(no_key=True).get(pk=program.pk)
        if done_before(program, seen):
            return None
        plan = _plan(program, asked, lock=True)
        if plan.digest != seen:
            raise Changed("Something is not as it was when you checked: read what would be done now, and do it then.")
        made = rollover_year.write_year(program, plan.year)
        rollover_rows.write_changes(plan.changes)
        rollover_rows.write_newcomers(program, plan.newcomers)
        rollover_year.write_work(made, plan.work)
        # Drafts of these days are of other levels now.
        bump_schedules(program, since=plan.bounds.first)
        record(user=user, action=ACTION, target=made, program=program, changes=_entry(plan, seen))
        if plan.bounds.first <= today:
            turn(program=program, today=today, since=plan.bounds.first)
    return plan


def _entry(plan: Rollover, digest: str) -> dict[str, object]:
    new, changed = plan.history
    return {
        "digest": digest,
        "year": plan.year.name,
        "periods": 0 if plan.year.found else len(plan.year.periods),
        "people": [sentence(each, plan.bounds) for each in plan.changes if not each.is_empty],
        "standings": plan.standings,
        "last days": plan.last_days,
        "joined": [f"{one.name} ({one.code})" for one in plan.newcomers],
        "cohorts": len(plan.work.cohorts),
        "history": {"new": new, "changed": changed},
    }
