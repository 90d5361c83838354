"""Making and deleting academic years. Their periods come with them, by the program's scheme."""

from datetime import date

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import transaction

from people.models import Program, User, record
from scheduling.models import AcademicYear, Period
from scheduling.models.calendar import period_dates
from scheduling.services.setup_removal import where_used

LONGEST_YEAR = 400  # days: a year that ends with a week may be a little longer than 365


def make_year(*, program: Program, user: User | None, start_date: date, end_date: date) -> AcademicYear:
    """An academic year with its periods. Raises ValidationError, by field, for dates that cannot be."""
    with transaction.atomic():
        program = Program.objects.select_for_update(no_key=True).get(pk=program.pk)
        _check(program, start_date, end_date)
        year = AcademicYear(program=program, start_date=start_date, end_date=end_date)
        year.full_clean()
        year.save()
        periods = period_dates(program.period_scheme, start_date, end_date)
        Period.objects.bulk_create(
            Period(academic_year=year, number=number, start_date=first, end_date=last)
            for number, (first, last) in enumerate(periods, 1)
        )
        changes = {"start_date": start_date.isoformat(), "end_date": end_date.isoformat(), "periods": len(periods)}
        record(user=user, action="academic year added", target=year, program=program, changes=changes)
    return year


def _check(program: Program, start_date: date, end_date: date) -> None:
    days = (end_date - start_date).days + 1
    if days < 1:
        raise ValidationError({"end_date": "The last day is before the first."})
    if days > LONGEST_YEAR:
        raise ValidationError({"end_date": f"That are {days} days: an academic year has at most {LONGEST_YEAR}."})
    other = AcademicYear.objects.filter(program=program, start_date__lte=end_date, end_date__gte=start_date).first()
    if other is not None:
        raise ValidationError(
            {
                "start_date": f"The academic year {other} has some of these days: it goes from "
                f"{other.start_date:%-d %b %Y} to {other.end_date:%-d %b %Y}."
            }
        )


def remove_year(*, program: Program, user: User | None, pk: int) -> str:
    """Delete a year that nothing refers to but its periods. Raises ValidationError, naming what does."""
    with transaction.atomic():
        year = AcademicYear.objects.select_for_update(no_key=True).filter(program=program, pk=pk).first()
        if year is None:
            raise ObjectDoesNotExist(f"{program} has no academic year {pk}.")
        used = [line for line in where_used(year) if not line.startswith("Period:")]
        if used:
            raise ValidationError([f"The academic year {year} is in use. {'. '.join(used)}."])
        changes = {"start_date": year.start_date.isoformat(), "end_date": year.end_date.isoformat()}
        record(user=user, action="academic year deleted", target=year, program=program, changes=changes)
        said = str(year)
        year.delete()
    return said
