"""Queries whose SQL is written once answer as those that are written each time, for whatever arguments come."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
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
