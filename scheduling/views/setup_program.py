"""The rules that a program has for itself, and what it is set to."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url

from people.pages import cached_page
from scheduling.forms.setup_program import NumbersForm, PricesForm, ProgramForm
from scheduling.rules.rule_sets import Rule
from scheduling.services import setup_prices, setup_program
from scheduling.services.setup_rules import rule_sentence
from scheduling.views.context import Opened
from scheduling.views.setup import leave, open_setup
from scheduling.views.setup_rows import tell

FORCES = (("must", "Must"), ("should", "Should"), ("off", "Off"))


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One of the program's own rules, with its switch and the form of its numbers."""

    id: str
    sentence: str
    state: str
    states: list[tuple[str, str, bool]]
    form: NumbersForm


def _rule_line(rule: Rule, form: NumbersForm | None = None) -> RuleLine:
    states = [(value, label, value == rule.force) for value, label in FORCES]
    return RuleLine(rule.id, rule_sentence(rule), str(rule.force), states, form or NumbersForm(rule=rule))


@cached_page()
def program(request: HttpRequest, slug: str) -> HttpResponse:
    """What the program is set to; saved as a whole."""
    opened = open_setup(request, slug, "setup-program")
    form = ProgramForm(request.POST or None, instance=type(opened.program).objects.get(pk=opened.program.pk))
    if request.method == "POST" and form.is_valid():
        try:
            setup_program.save_program(program=opened.program, user=opened.user, values=form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, "The settings of the program are saved.")
            return redirect("setup-program", slug)
    return _page(request, opened, form)


def _page(
    request: HttpRequest,
    opened: Opened,
    form: ProgramForm,
    *,
    wrong: tuple[str, NumbersForm] | None = None,
    prices: PricesForm | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {**opened.context, "form": form}
    refused = form.errors or wrong or (prices and prices.errors)
    try:
        rules = setup_program.own_rules(opened.program)
        forms = dict([wrong] if wrong else [])
        context["rules"] = [_rule_line(rule, forms.get(rule.id)) for rule in rules]
        context["standards"] = setup_program.standards(opened.program)
        context["prices"] = prices or PricesForm(prices=setup_prices.prices_of(opened.program))
    except ValidationError as error:  # set wrongly in the administration
        context["wrong_rules"] = error.messages
    return render(request, "scheduling/setup/program.html", context, status=422 if refused else 200)


def rule(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Make a rule of the program a must, a should or off, or change its numbers."""
    if request.method != "POST":
        return redirect("setup-program", slug)
    opened = open_setup(request, slug, "setup-program")
    try:
        known = {each.id: each for each in setup_program.own_rules(opened.program)}
    except ValidationError:  # set wrongly in the administration, as the page says
        return redirect("setup-program", slug)
    if name not in known:
        raise Http404(f"{name} is no rule of the program's own.")
    form = NumbersForm(request.POST, rule=known[name])
    asked: dict[str, Any] = {"force": request.POST.get("force")}
    if asked["force"] is None:
        if not form.is_valid():
            return _page(request, opened, ProgramForm(instance=opened.program), wrong=(name, form))
        asked = form.cleaned_data
    try:
        changed = setup_program.set_rule(program=opened.program, user=opened.user, rule=name, **asked)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return leave(request, resolve_url("setup-program", slug))
    said = f"{str(changed.force).capitalize()}: {rule_sentence(changed)}."
    if request.htmx:  # type: ignore[attr-defined]
        context = {**opened.context, "rule": _rule_line(changed), "said": said}
        return render(request, "scheduling/setup/rule_switched.html", context)
    messages.success(request, said)
    return redirect("setup-program", slug)


def prices(request: HttpRequest, slug: str) -> HttpResponse:
    """What the optimiser weighs; saved as a whole."""
    opened = open_setup(request, slug, "setup-program")
    if request.method != "POST":
        return redirect("setup-program", slug)
    try:
        form = PricesForm(request.POST, prices=setup_prices.prices_of(opened.program))
        if form.is_valid():
            setup_prices.set_prices(program=opened.program, user=opened.user, values=form.cleaned_data)
    except ValidationError:  # set wrongly in the administration, as the page says
        return redirect("setup-program", slug)
    if form.errors:
        return _page(request, opened, ProgramForm(instance=opened.program), prices=form)
    messages.success(request, "The prices are saved.")
    return redirect("setup-program", slug)
