from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS
from django.db.models import F, Func, Model, Q, Value


class DateRange(Func):
    function = "DATERANGE"
    output_field = DateRangeField()


class NoOverlap(ExclusionConstraint):
    """Rows that share `key` and satisfy `condition` never share a day; start and end are inclusive dates.

    PostgreSQL enforces it in the database. SQLite cannot, so there `full_clean()` is the only guard. The check
    of `full_clean()` is a plain comparison on both: Django's own would build the range from unvalidated dates,
    and PostgreSQL answers a range that ends before it starts with DataError.
    """

    def __init__(
        self,
        *,
        key: str,
        name: str,
        violation_error_message: str,
        start: str = "start_date",
        end: str = "end_date",
        condition: Q | None = None,
    ) -> None:
        self.key, self.start, self.end = key, start, end
        super().__init__(
            name=name,
            expressions=[
                (key, RangeOperators.EQUAL),
                (DateRange(F(start), F(end), Value("[]")), RangeOperators.OVERLAPS),
            ],
            condition=condition,
            violation_error_message=violation_error_message,
        )

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        del kwargs["expressions"]
        return path, args, {**kwargs, "key": self.key, "start": self.start, "end": self.end}

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        if schema_editor.connection.vendor != "postgresql":
            return None
        return super().constraint_sql(model, schema_editor)

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        if schema_editor.connection.vendor != "postgresql":
            return None
        return super().create_sql(model, schema_editor)

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        if schema_editor.connection.vendor != "postgresql":
            return None
        return super().remove_sql(model, schema_editor)

    def validate(
        self,
        model: type[Model],
        instance: Any,
        exclude: Any = None,
        using: str = DEFAULT_DB_ALIAS,
    ) -> None:
        first, last = getattr(instance, self.start), getattr(instance, self.end)
        if {self.key, self.start, self.end} & set(exclude or ()) or first is None or last is None:
            return
        condition = self.condition or Q()
        same_key = {self.key: getattr(instance, f"{self.key}_id")}
        others = model._default_manager.using(using).filter(
            condition, **same_key, **{f"{self.start}__lte": last, f"{self.end}__gte": first}
        )
        values = instance._get_field_expression_map(meta=model._meta, exclude=set(exclude or ()))
        applies = not condition or condition.check(values, using=using)
        if applies and others.exclude(pk=instance.pk).exists():
            raise ValidationError(self.get_violation_error_message(), code=self.violation_error_code)
