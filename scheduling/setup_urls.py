"""The addresses of Setup, under p/<slug>/setup/."""

from django.urls import path, register_converter

from scheduling.services.setup_kinds import KINDS
from scheduling.views import setup, setup_holidays, setup_program, setup_rows, setup_years


class KindConverter:
    """The kinds of sentences; anything else there is another page, or none."""

    regex = "|".join(KINDS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(KindConverter, "setup_kind")

urlpatterns = [
    path("", setup.overview, name="setup"),
    path("years/", setup_years.years, name="setup-years"),
    path("years/<int:pk>/delete/", setup_years.delete_year, name="setup-year-delete"),
    path("holidays/", setup_holidays.holidays, name="setup-holidays"),
    path("holidays/<day:day>/", setup_holidays.holiday, name="setup-holiday"),
    path("program/", setup_program.program, name="setup-program"),
    path("program/prices/", setup_program.prices, name="setup-prices"),
    path("program/rules/<slug:name>/", setup_program.rule, name="setup-rule"),
    *(path(f"{kind}/", setup_rows.listing, {"kind": kind}, name=f"setup-{kind}") for kind in KINDS),
    path("cohorts/<int:pk>/people/", setup_rows.cohort_people, {"kind": "cohorts"}, name="setup-cohort-people"),
    path("<setup_kind:kind>/new/", setup_rows.add, name="setup-row-add"),
    path("<setup_kind:kind>/<int:pk>/", setup_rows.change, name="setup-row"),
    path("<setup_kind:kind>/<int:pk>/delete/", setup_rows.delete, name="setup-row-delete"),
    path("<setup_kind:kind>/<int:pk>/switch/", setup_rows.switch, name="setup-row-switch"),
    path("<setup_kind:kind>/<int:pk>/move/", setup_rows.move, name="setup-row-move"),
]
