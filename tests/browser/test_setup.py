"""Setting up a program in the browser: with the mouse, with the keyboard alone, without scripts, on a phone."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from people.models import Program, User
from scheduling.models import Cohort, CrossCover, Rotation, SequenceRule, Staffing
from tests.browser.accessibility import assert_accessible
from tests.browser.conftest import page_of
from tests.browser.test_pages import enter
from tests.factories import Wards, make_user, make_wards, make_year

NOON = datetime(2026, 11, 3, 17, tzinfo=UTC)
SETUP = "/p/internal-medicine/setup/"
WARD_A = "Ward A: at least 2 residents in each period"


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)


@pytest.fixture
def wards(transactional_db: None) -> Wards:
    wards = make_wards(6)
    make_user("owner", User.Role.COORDINATOR, programs=(wards.program,))
    rule = SequenceRule.objects.create(
        program=wards.program, name="No two units in a row", kind="not_in_a_row", price=5
    )
    rule.rotations.set([wards.icu])
    CrossCover.objects.create(rotation=wards.icu, covers=wards.ward).shift_types.set([wards.night])
    Cohort.objects.create(academic_year=wards.year, name="Blue", rotation=wards.icu, periods=[5, 10])
    return wards


@pytest.fixture
def plain(chromium: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A page whose browser runs no scripts."""
    with page_of(chromium, live_server, java_script_enabled=False, viewport={"width": 1440, "height": 900}) as page:
        yield page


def is_active(name: str) -> bool:
    return Staffing.objects.get(name=name).is_active


def test_a_sentence_is_switched_in_place_with_the_mouse(wards: Wards, desktop: Page, live_server: LiveServer) -> None:
    enter(desktop, live_server, "owner")
    desktop.goto(SETUP)
    desktop.get_by_label("Setup", exact=True).get_by_role("link", name="Staffing").click()
    group = desktop.get_by_role("group", name=WARD_A)
    desktop.evaluate("window.stays = true")
    group.get_by_role("button", name="Off").click()
    expect(group.get_by_role("button", name="Off")).to_have_attribute("aria-pressed", "true")
    expect(desktop.locator("#said")).to_have_text(f"Off: {WARD_A}.")
    assert not is_active("Ward A")
    group.get_by_role("button", name="Priced").click()
    expect(group.get_by_role("button", name="Priced")).to_have_attribute("aria-pressed", "true")
    assert is_active("Ward A")
    assert desktop.evaluate("window.stays")  # the page was never left


def test_rules_are_made_hard_with_the_keyboard_alone(wards: Wards, desktop: Page, live_server: LiveServer) -> None:
    enter(desktop, live_server, "owner")
    desktop.goto(f"{SETUP}sequence-rules/")
    group = desktop.get_by_role("group", name="No residents are on Intensive care two periods in a row")
    group.get_by_role("button", name="Hard").focus()
    desktop.keyboard.press("Enter")
    expect(group.get_by_role("button", name="Hard")).to_have_attribute("aria-pressed", "true")
    expect(group.get_by_role("button", name="Hard")).to_be_focused()  # and not lost with the line that was replaced
    assert SequenceRule.objects.get().price is None
    desktop.keyboard.press("Tab")
    desktop.keyboard.press("Space")
    expect(group.get_by_role("button", name="Priced")).to_have_attribute("aria-pressed", "true")
    assert SequenceRule.objects.get().price == 5
    # A rotation moves down, and the focus goes with it.
    desktop.goto(f"{SETUP}rotations/")
    desktop.get_by_role("button", name="Move Ward A down").focus()
    desktop.keyboard.press("Enter")
    expect(desktop.locator(".sentences li").first).to_contain_text("Intensive care")
    expect(desktop.get_by_role("button", name="Move Ward A down")).to_be_focused()
    assert list(Rotation.objects.values_list("code", flat=True)) == ["ICU", "WA"]


def test_a_sentence_is_added_changed_and_deleted(wards: Wards, desktop: Page, live_server: LiveServer) -> None:
    enter(desktop, live_server, "owner")
    desktop.goto(f"{SETUP}staffing/")
    desktop.get_by_role("link", name="Add").click()
    desktop.get_by_role("group", name="Rotations").get_by_label("Intensive care").check()
    desktop.get_by_label("At least").fill("3")
    desktop.get_by_label("At most").fill("4")
    desktop.get_by_role("button", name="Add").click()
    said = "Intensive care: 3 to 4 residents in each period"
    expect(desktop.get_by_text(f"Added: {said}.")).to_be_visible()
    desktop.get_by_role("link", name=said).click()
    desktop.get_by_role("group", name="Who counts").get_by_label("PGY-3").check()
    desktop.get_by_role("button", name="Save").click()
    said = "Intensive care: 3 to 4 PGY-3 residents in each period"
    desktop.get_by_role("link", name=said).click()
    desktop.get_by_role("link", name="Delete…").click()
    assert_accessible(desktop)
    desktop.get_by_role("button", name="Delete").click()
    expect(desktop.get_by_text(f"Deleted: {said}.")).to_be_visible()
    assert Staffing.objects.count() == 3


def test_what_is_wrong_is_told_beside_its_field(wards: Wards, chromium: Browser, live_server: LiveServer) -> None:
    with page_of(chromium, live_server, allowed="status of 422") as page:
        enter(page, live_server, "owner")
        page.goto(f"{SETUP}staffing/new/")
        page.get_by_role("group", name="Rotations").get_by_label("Intensive care").check()
        page.get_by_label("At least").fill("3")
        page.get_by_label("At most").fill("2")
        page.get_by_text("More", exact=True).click()
        page.get_by_label("One person counts").fill("0")
        page.get_by_role("button", name="Add").click()
        expect(page.get_by_text("The most is below the fewest.")).to_be_visible()
        expect(page.get_by_text("One person counts at least 0.1.")).to_be_visible()  # what is folded away opens
        expect(page.get_by_label("At least")).to_have_value("3")
        assert_accessible(page)


def test_what_is_in_use_is_switched_off_instead(wards: Wards, desktop: Page, live_server: LiveServer) -> None:
    enter(desktop, live_server, "owner")
    desktop.goto(f"{SETUP}rotations/{wards.icu.pk}/")
    desktop.get_by_role("link", name="Delete…").click()
    expect(desktop.get_by_text("Cohort: Blue is on Intensive care in periods 5 and 10")).to_be_visible()
    assert_accessible(desktop)
    desktop.get_by_role("button", name="Switch it off").click()
    expect(desktop.get_by_text("Off: Intensive care.")).to_be_visible()
    assert not Rotation.objects.get(pk=wards.icu.pk).is_active


def test_everything_works_without_scripts(wards: Wards, plain: Page, live_server: LiveServer) -> None:
    enter(plain, live_server, "owner")
    plain.goto(f"{SETUP}staffing/")
    plain.get_by_role("group", name=WARD_A).get_by_role("button", name="Off").click()
    expect(plain.get_by_text(f"Off: {WARD_A}.")).to_be_visible()
    assert not is_active("Ward A")
    plain.goto(f"{SETUP}program/")
    rule = "At most 6 nights of night float in a row"
    plain.get_by_role("group", name=rule).get_by_role("button", name="Should").click()
    expect(plain.get_by_text(f"Should: {rule}.")).to_be_visible()
    plain.get_by_label("Nights in a row").fill("5")
    plain.get_by_role("button", name=f"Save the numbers: {rule}").click()
    expect(plain.get_by_text("Should: At most 5 nights of night float in a row.")).to_be_visible()
    plain.get_by_label("Lock window").fill("7")
    plain.get_by_role("button", name="Save", exact=True).click()
    expect(plain.get_by_text("The settings of the program are saved.")).to_be_visible()
    plain.goto(f"{SETUP}holidays/")
    plain.get_by_role("group", name="Thanksgiving Day").get_by_role("button", name="Worked").click()
    expect(plain.get_by_text("is worked as any other day.")).to_be_visible()
    plain.get_by_label("Day", exact=True).fill("2026-12-24")
    plain.get_by_label("Name").fill("Christmas Eve")
    plain.get_by_role("button", name="Add the holiday").click()
    expect(plain.get_by_role("button", name="Take out Christmas Eve, 24 December")).to_be_visible()
    plain.goto(f"{SETUP}rotations/")
    plain.get_by_role("button", name="Move Ward A down").click()
    expect(plain.locator(".sentences li").first).to_contain_text("Intensive care")
    program = Program.objects.get()
    assert program.holiday_changes == {"2026-11-26": None, "2026-12-24": "Christmas Eve"}
    assert (program.lock_days, program.rule_settings["rules"]["night_float_run"]) == (
        7,
        {"force": "should", "limit": 5},
    )


def test_on_a_phone(wards: Wards, phone: Page, live_server: LiveServer) -> None:
    enter(phone, live_server, "owner")
    phone.goto("/p/internal-medicine/")
    phone.get_by_label("Main").get_by_role("link", name="Setup").tap()
    phone.locator(".parts").get_by_role("link", name="Holidays").tap()
    group = phone.get_by_role("group", name="Thanksgiving Day")
    group.get_by_role("button", name="Worked").tap()
    expect(group.get_by_role("button", name="Worked")).to_have_attribute("aria-pressed", "true")
    expect(phone.locator("#said")).to_have_text("Thursday 26 November 2026 is worked as any other day.")
    assert Program.objects.get().holiday_changes == {"2026-11-26": None}
    box = group.get_by_role("button", name="Kept").bounding_box()
    assert box
    assert box["height"] >= 44
    phone.get_by_role("link", name="‹ Setup").tap()
    expect(phone.get_by_role("heading", name="Setup")).to_be_visible()


def test_a_new_year_by_the_checklist(wards: Wards, desktop: Page, live_server: LiveServer) -> None:
    wards.year.schedules.all().delete()
    wards.year.delete()
    enter(desktop, live_server, "owner")
    desktop.goto(SETUP)
    step = desktop.locator("[aria-current=step]")
    expect(step).to_contain_text("No academic year is set up that has today or lies ahead.")
    step.get_by_role("link", name="Add the year").click()
    desktop.get_by_role("button", name="Add the year").click()
    expect(desktop.get_by_text("2026–27 is added, with 13 periods.")).to_be_visible()
    desktop.goto(SETUP)
    expect(step).to_contain_text("No draft is there yet.")
    expect(desktop.get_by_text("2026–27 goes from 1 Jul 2026 to 30 Jun 2027, in 13 periods.")).to_be_visible()


def pages(wards: Wards) -> list[str]:
    kinds = ["rotations", "shift-types", "staffing", "curriculum", "sequence-rules", "cross-cover", "cohorts"]
    rows = {
        "rotations": wards.icu.pk,
        "shift-types": wards.night.pk,
        "staffing": Staffing.objects.all()[0].pk,
        "sequence-rules": SequenceRule.objects.get().pk,
        "cohorts": Cohort.objects.get().pk,
    }
    return [
        "",
        "years/",
        "holidays/",
        "program/",
        *(f"{kind}/" for kind in kinds),
        *(f"{kind}/new/" for kind in kinds),
        *(f"{kind}/{pk}/" for kind, pk in rows.items()),
        "sequence-rules/new/?kind=only_in",
    ]


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_every_page_of_setup_is_accessible_and_fits(
    wards: Wards, width: str, request: pytest.FixtureRequest, live_server: LiveServer
) -> None:
    page: Page = request.getfixturevalue(width)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    make_year(wards.program, date(2027, 7, 1), date(2028, 6, 30))
    Staffing.objects.filter(name="Ward A").update(is_active=False)
    Program.objects.update(holiday_changes={"2026-11-26": None, "2026-12-24": "Christmas Eve"})
    enter(page, live_server, "owner")
    for address in pages(wards):
        page.goto(SETUP + address)
        assert_accessible(page, also_dark=width == "desktop")
        spare = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert spare == 0, f"{address} is wider than the screen"
