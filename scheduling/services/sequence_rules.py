"""Sequence rules from the database to the form of the plan's solver."""

from collections.abc import Iterator, Mapping

from django.core.exceptions import ValidationError

from people.models import Program
from scheduling.models import SequenceRule
from scheduling.services.facts import Groups, groups_of
from scheduling.solver.plan import problem as form

Kind = SequenceRule.Kind


def sequence_rules(program: Program, groups: Groups, index: Mapping[int, int]) -> tuple[form.SequenceRule, ...]:
    """The program's rules that are not off. `groups` are labels with their level and track, `index` leads from numbers
    of periods to places. Raises ValidationError for a rule that lacks a number its kind needs, naming both."""
    rows = SequenceRule.objects.filter(program=program, is_active=True).prefetch_related("rotations", "next_rotations")
    return tuple(rule for row in rows for rule in _Translation(row, groups, index).rules())


class _Translation:
    """One row, on its way to the rules that say the same."""

    def __init__(self, row: SequenceRule, groups: Groups, index: Mapping[int, int]) -> None:
        self.row, self.index = row, index
        self.rotations = frozenset(rotation.code for rotation in row.rotations.all())
        self.next = frozenset(rotation.code for rotation in row.next_rotations.all())
        self.groups = groups_of(groups, row.levels, track=row.track)

    def rules(self) -> Iterator[form.SequenceRule]:
        row = self.row
        if self.groups is not None and not self.groups:
            return  # it speaks of levels or a track that nobody belongs to
        match row.kind:
            case Kind.NOT_IN_A_ROW:
                yield from self._patterns(between=0, price=row.price)
            case Kind.IN_A_ROW:
                yield from self._patterns(between=0, price=-abs(1.0 if row.price is None else row.price))
            case Kind.GAP:
                yield from self._patterns(between=self._number("window"), price=row.price)
            case Kind.AT_MOST:
                self._no_bounds()
                most, window = self._number("most"), row.window or len(self.index)
                if most < window:  # else it forbids nothing
                    yield form.AtMost(
                        name=row.name,
                        rotations=self.rotations,
                        most=most,
                        window=window,
                        groups=self.groups,
                        price=row.price,
                    )
            case Kind.ONLY_IN | Kind.MUST_BE_IN:
                kind = form.OnlyIn if row.kind == Kind.ONLY_IN else form.MustBeIn
                yield kind(
                    name=row.name,
                    rotations=self.rotations,
                    periods=self._starts() or (),
                    groups=self.groups,
                    price=row.price,
                )
            case _:
                self._no_bounds()
                yield form.Stint(
                    name=row.name,
                    rotations=self.rotations,
                    shortest=row.fewest or 1,
                    longest=row.most,
                    groups=self.groups,
                    price=row.price,
                )

    def _patterns(self, *, between: int, price: float | None) -> Iterator[form.Pattern]:
        """One rotation, then so many periods elsewhere, then the next: each again, or any of those that follow."""
        pairs = [(self.rotations, self.next)] if self.next else [({code}, {code}) for code in sorted(self.rotations)]
        for first, then in pairs:
            elsewhere = form.Step(frozenset(first) | frozenset(then), inside=False)
            yield form.Pattern(
                name=self.row.name,
                steps=(form.Step(frozenset(first)), *[elsewhere] * between, form.Step(frozenset(then))),
                starts=self._starts(),
                groups=self.groups,
                price=price,
            )

    def _starts(self) -> tuple[int, ...] | None:
        """The places that the row names, by a list or by the first and the last; None: anywhere."""
        row = self.row
        if not row.starts and row.first_period is None and row.last_period is None:
            return None
        return tuple(
            place
            for number, place in self.index.items()
            if (not row.starts or number in row.starts)
            and (row.first_period is None or number >= row.first_period)
            and (row.last_period is None or number <= row.last_period)
        )

    def _number(self, name: str) -> int:
        """A number that rules of this kind have: the database sees to it."""
        value: int | None = getattr(self.row, name)
        assert value is not None
        return value

    def _no_bounds(self) -> None:
        if self._starts() is not None:
            raise ValidationError(
                f"Sequence rule {self.row.name!r}: a rule of the kind {self.row.get_kind_display()!r} holds the whole "
                "year; leave its first and last period and its starts blank."
            )
