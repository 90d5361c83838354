"""What the optimiser weighs beside the sentences with prices of their own: fairness, wishes, rests."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from people.models import Program, User, record
from scheduling.services.rule_settings import RuleSettings, rule_settings
from scheduling.services.setup_revisions import bump_schedules


@dataclass(frozen=True, slots=True)
class Price:
    """One price: where it stands in the settings (a part and a name; no part for the price of wishes)."""

    part: str
    name: str
    words: str

    @property
    def key(self) -> str:
        return f"{self.part}_{self.name}" if self.part else self.name

    def of(self, settings: RuleSettings) -> float:
        if not self.part:
            return settings.request_price
        prices = settings.plan_prices if self.part == "plan" else settings.roster_prices
        return float(getattr(prices, self.name))


PRICES = (
    Price("plan", "unplaced", "A period without a rotation"),
    Price("", "request", "A wish about days, not met"),
    Price("roster", "missing_regular", "An ordinary shift not worked"),
    Price("roster", "short_rest", "A rest that is too short"),
    Price("roster", "into_leave", "A shift on into leave"),
    Price("roster", "night", "One night off the fair share"),
    Price("roster", "weekend", "One weekend off the fair share"),
    Price("roster", "holiday", "One holiday off the fair share"),
    Price("roster", "hour", "One hour off the fair share"),
    Price("roster", "backup", "One backup off the fair share"),
)


def prices_of(program: Program) -> dict[str, float]:
    """The prices by key. Raises ValidationError where the settings are wrong."""
    settings = rule_settings(program)
    return {price.key: price.of(settings) for price in PRICES}


def set_prices(*, program: Program, user: User | None, values: Mapping[str, float]) -> None:
    """Change prices, by key; those that are not given stay. Raises ValidationError for what no price can be."""
    with transaction.atomic():
        program = Program.objects.select_for_update(no_key=True).get(pk=program.pk)
        before = prices_of(program)
        prices: dict[str, Any] = dict(program.rule_settings.get("prices", {}))
        for price in PRICES:
            if price.key not in values or values[price.key] == before[price.key]:
                continue  # what was never changed goes on with the default
            if price.part:
                prices[price.part] = {**prices.get(price.part, {}), price.name: values[price.key]}
            else:
                prices[price.name] = values[price.key]
        program.rule_settings = program.rule_settings | {"prices": prices}
        after = prices_of(program)
        changes = {key: [before[key], after[key]] for key in after if before[key] != after[key]}
        if changes:
            program.save(update_fields=["rule_settings"])
            record(user=user, action="prices changed", target=program, program=program, changes=changes)
            bump_schedules(program)
