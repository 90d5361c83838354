"""Queries whose SQL is written once answer as those that are written each time, for whatever arguments come."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q, QuerySet
from django.test.utils import CaptureQueriesContext

from people.models import Person, Program, Standing
from people.prepared import columns, instance, prepared
from tests.factories import make_person, make_program

pytestmark = pytest.mark.django_db


@prepared
def _names(program: int, people: Sequence[int]) -> QuerySet[Any, Any]:
    rows = Person.objects.filter(program=program, pk__in=people, is_active=True)
    return rows.order_by("code").values_list("code", "is_chief")


@prepared
def _of_either(people: Sequence[int], programs: Sequence[int], code: str) -> QuerySet[Any, Any]:
    rows = Person.objects.filter(Q(pk__in=people) | Q(program__in=programs) | Q(pk__in=people, code=code))
    return rows.order_by("code").values_list("code", "pk")


@prepared
def _standings(code: str, first: date, last: date) -> QuerySet[Any, Any]:
    rows = Standing.objects.filter(person__code=code, from_date__range=(first, last)).order_by("from_date")
    return rows.values_list("from_date", "part_time_share")


@prepared
def _programs(slug: str) -> QuerySet[Any, Any]:
    return Program.objects.filter(slug=slug).values_list(*columns(Program))


@prepared
def _like(name: str) -> QuerySet[Any, Any]:
    return Person.objects.filter(name__icontains=name).values_list("pk")


def test_rows_are_those_of_the_query_for_each_shape_of_its_arguments() -> None:
    program = make_program()
    one, other = make_person(program, "Ada", code="a", is_chief=True), make_person(program, "Bo", code="b")
    make_person(program, "Cy", code="c", is_active=False)
    assert _names(program.pk, [one.pk, other.pk]) == [("a", True), ("b", False)]
    assert _names(program.pk, [other.pk]) == [("b", False)]
    assert _names(program.pk, [one.pk]) == [("a", True)]
    assert _names(program.pk, []) == []
    assert _names(program.pk + 1, [one.pk]) == []


def test_long_lists_that_follow_each_other_are_not_mixed_up() -> None:
    program, other = make_program(), make_program("Surgery")
    one, two = make_person(program, "Ada", code="a"), make_person(other, "Bo", code="b")
    nobody = [10**6 + number for number in range(1000)]
    both = [("a", one.pk), ("b", two.pk)]
    assert _of_either([*nobody, one.pk], [other.pk], "") == both
    assert _of_either([one.pk], [*nobody, other.pk], "a") == both
    assert _of_either([*nobody, one.pk], [*nobody, other.pk], "b") == both
    assert _of_either([*nobody, two.pk], [*nobody, -1], "b") == [("b", two.pk)]


def test_postgresql_has_one_statement_for_lists_of_all_lengths() -> None:
    with CaptureQueriesContext(connection) as captured:
        assert [_names(1, list(range(-length, 0))) for length in (1, 2, 60)] == [[], [], []]
    statements = {re.sub(r"\{.*\}|(-\d+, )*-\d+(?=\))", "", query["sql"]) for query in captured}
    (statement,) = statements
    assert ("= ANY(" in statement) == (connection.vendor == "postgresql")


def test_dates_and_decimals_come_as_the_fields_have_them() -> None:
    person = make_person(make_program(), "Ada", code="a")
    for day in (date(2026, 7, 1), date(2027, 7, 1)):
        Standing.objects.create(person=person, from_date=day, pgy_level=1, part_time_share="0.5")
    (found,) = _standings("a", date(2026, 7, 2), date(2027, 7, 1))
    assert found == (date(2027, 7, 1), Standing.objects.filter(person=person).latest("from_date").part_time_share)
    assert isinstance(found[0], date)


def test_a_row_becomes_the_instance_that_a_query_gives() -> None:
    program = make_program(rule_settings={"repair": {"notice_days": 4}})
    (row,) = _programs(program.slug)
    made, read = instance(Program, row), Program.objects.get(pk=program.pk)
    assert {name: made.__dict__[name] for name in made.__dict__ if name != "_state"} == {
        name: read.__dict__[name] for name in read.__dict__ if name != "_state"
    }
    assert made == read
    assert made.rule_settings == {"repair": {"notice_days": 4}}


def test_each_call_is_one_query() -> None:
    program = make_program()
    person = make_person(program, "Ada", code="a")
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            _names(program.pk, [person.pk])
        assert len(captured) == 1


def test_an_argument_that_does_not_stand_in_the_query_as_it_is_is_refused() -> None:
    with pytest.raises(TypeError, match="only where its arguments stand in it as they are"):
        _like("Ada")
