"""A person's period as its panel shows it: what is there, what else could be with its verdict, who could swap."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from people.models import FACULTY_LEVEL, User
from scheduling.models import Edit, Period, Rotation, Schedule
from scheduling.services.cells import cell_of
from scheduling.services.changes import Change, PlanChange
from scheduling.services.edit import edits_of
from scheduling.services.grid_rows import Leave, Row
from scheduling.services.plan_effects import Effects, effects
from scheduling.services.plan_owed import Owes
from scheduling.services.plan_releases import left_short, released_days, shifts_words
from scheduling.services.plan_verdicts import PlanRules, Verdict
from scheduling.services.releasing import released
from scheduling.services.year_grid import Year
from scheduling.services.year_people import Placing

PARTNERS_SHOWN = 8
ENTRIES_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """One rotation that the person could be on, or none (`rotation` is None)."""

    rotation: Rotation | None
    verdict: Verdict
    effects: Effects
    arrives: tuple[str, ...]  # of the effects' words those that leaving alone does not have
    owes: Owes
    is_now: bool
    is_usual: bool  # the person's level is placed there, by curriculum or staffing

    @property
    def code(self) -> str:
        return self.rotation.code if self.rotation else ""

    @property
    def name(self) -> str:
        return self.rotation.name if self.rotation else "No rotation"


@dataclass(frozen=True, slots=True)
class Partner:
    """Somebody who could take it instead: in exchange for what they are on then, or for nothing (`rotation` None)."""

    row: Row
    rotation: Rotation | None
    theirs: Verdict  # on them coming here
    own: Verdict  # on the person of the cell going there
    effects: Effects
    own_name: str
    is_alike: bool  # of the same level and track

    @property
    def worst(self) -> Verdict:
        return max(self.theirs, self.own, key=lambda verdict: verdict.force)

    @property
    def words(self) -> str:
        """Both verdicts, each with whom it is on where there is something to say."""
        said = [
            f"{name}: {verdict.words}"
            for name, verdict in ((self.row.name, self.theirs), (self.own_name, self.own))
            if verdict.findings
        ]
        return "; ".join(said) or "allowed for both"


@dataclass(frozen=True, slots=True)
class Entry:
    """One edit of the cell: when, by whom, from what to what."""

    edit: Edit
    by: User | None
    words: str


@dataclass(frozen=True, slots=True)
class PlanPanel:
    """Everything about one cell. `released` are the shifts that go with any other rotation."""

    row: Row
    period: Period
    now: Placing
    rotation: Rotation | None
    rank: str
    leave: Sequence[Leave]
    owes: Owes
    choices: Sequence[Choice]
    partners: Sequence[Partner]
    more_partners: int
    released: Sequence[Change]
    left_short: str
    leaving: Effects  # what the person's leaving does by itself
    history: Sequence[Entry]

    @property
    def leave_words(self) -> list[str]:
        return [f"{one.kind.replace('-', ' ')}, {one.first:%a %-d %b} to {one.last:%a %-d %b}" for one in self.leave]

    @property
    def leaving_words(self) -> str:
        words = shifts_words(released_days(self.released))
        releases = f"releases {words}{f', which leaves {self.left_short}' if self.left_short else ''}" if words else ""
        said = [*self.leaving.words, *([releases] if releases else [])]
        return f"Any other choice {'; '.join(said)}." if said else ""

    @property
    def usual(self) -> list[Choice]:
        return [choice for choice in self.choices if choice.is_usual]

    @property
    def others(self) -> list[Choice]:
        return [choice for choice in self.choices if not choice.is_usual]


def panel_of(schedule: Schedule, rules: PlanRules, person: int, place: int) -> PlanPanel:
    """The panel of a person's period, by its place (9 queries)."""
    year = rules.year
    member, period = year.years[person], year.periods[place]
    now = member.cells[place]
    rotation = None if now.rotation is None else year.catalog.rotations[now.rotation]
    partners = sorted(_partners(rules, person, place), key=_best_first)
    moved = PlanChange(person, period.number, rotation.code if rotation else None, None if rotation else "")
    gone = released(schedule, [moved])
    return PlanPanel(
        row=member.row,
        period=period,
        now=now,
        rotation=rotation,
        rank=rules.person(person).group_in(place),
        leave=[
            each
            for each in year.leave.get(person, ())
            if each.first <= period.end_date and each.last >= period.start_date
        ],
        owes=member.owed,
        choices=list(_choices(rules, person, place)),
        partners=partners[:PARTNERS_SHOWN],
        more_partners=max(0, len(partners) - PARTNERS_SHOWN),
        released=gone,
        left_short=left_short(schedule, year, gone),
        leaving=_leaving(year, person, place),
        history=list(_history(schedule, year, person, period.number)),
    )


def _choices(rules: PlanRules, person: int, place: int) -> Iterator[Choice]:
    year = rules.year
    now = year.years[person].cells[place].rotation
    usual = _usual(rules, person, place)
    for key, rotation in year.catalog.rotations.items():
        if rotation.is_active or key == now:
            yield _choice(rules, person, place, rotation, is_usual=key in usual or key == now)
    yield _choice(rules, person, place, None, is_usual=True)


def _choice(rules: PlanRules, person: int, place: int, rotation: Rotation | None, *, is_usual: bool) -> Choice:
    year = rules.year
    code, key = (rotation.code, rotation.pk) if rotation else (None, None)
    line = [code if place == each else held for each, held in enumerate(year.line(person))]
    what, leaving = effects(year, place, {person: key}), _leaving(year, person, place)
    return Choice(
        rotation=rotation,
        verdict=rules.verdict(person, {place: code}),
        effects=what,
        arrives=tuple(words for words in what.words if words not in leaving.words),
        owes=year.owing.of(year.years[person].person, line),
        is_now=year.years[person].cells[place].rotation == key,
        is_usual=is_usual,
    )


def _leaving(year: Year, person: int, place: int) -> Effects:
    return effects(year, place, {person: None})


def _usual(rules: PlanRules, person: int, place: int) -> set[int]:
    """The rotations that the curriculum or the staffing of the person's level names."""
    year, group = rules.year, rules.person(person).group_in(place)
    rows = (row for row in rules.problem.curriculum if row.groups is None or group in row.groups)
    codes = {code for row in rows if row.most != 0 for code in row.rotations}
    found = {key for key, rotation in year.catalog.rotations.items() if rotation.code in codes}
    standing = year.counting.standing[place].get(person)
    for kind in year.counting.kinds if standing else ():
        if any(need.levels and need.counts(standing.rank) for need in kind.needs if standing):
            found |= kind.rotations
    return found


def _partners(rules: PlanRules, person: int, place: int) -> Iterator[Partner]:
    """Those who could be here instead without anything that needs a reason by itself, and the person there.

    Faculty are not exchanged for residents.
    """
    year = rules.year
    now = year.years[person].cells[place].rotation
    if now is None:
        return
    here, is_faculty = year.catalog.rotations[now].code, year.years[person].row.rank.level == FACULTY_LEVEL
    for other, member in year.years.items():
        key = member.cells[place].rotation
        if other == person or key == now or rules.person(other).is_away(place):
            continue
        if is_faculty != (member.row.rank.level == FACULTY_LEVEL):
            continue
        there = None if key is None else year.catalog.rotations[key]
        code = there.code if there else None
        if rules.of_cell(other, place, here).needs_reason or rules.of_cell(person, place, code).needs_reason:
            continue
        yield Partner(
            row=member.row,
            rotation=there,
            theirs=rules.verdict(other, {place: here}),
            own=rules.verdict(person, {place: code}),
            effects=effects(year, place, {person: key, other: now}),
            own_name=year.years[person].row.name,
            is_alike=rules.person(other).group_in(place) == rules.person(person).group_in(place),
        )


def _best_first(partner: Partner) -> tuple[int, bool, bool, bool, str]:
    harm = bool(partner.effects.worse)
    return partner.worst.force, partner.effects.is_short, harm, not partner.is_alike, partner.row.name


def _history(schedule: Schedule, year: Year, person: int, number: int) -> Iterator[Entry]:
    names = {rotation.code: rotation.name for rotation in year.catalog.rotations.values()}
    for edit in edits_of(schedule, (person, number))[:ENTRIES_SHOWN]:
        cell = next(each for each in map(cell_of, edit.cells) if each.key == (person, number))
        was, becomes = (
            names.get(state.rotation, state.rotation) if state else "no rotation" for state in (cell.before, cell.after)
        )
        yield Entry(edit, edit.user, becomes if was == becomes else f"{was} to {becomes}")
