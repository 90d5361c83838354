"""Whether people who do not see or click can use a page."""

from typing import Any

from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# All that a page's scheme of colours can break: it changes nothing but colours.
OF_COLOURS = ["color-contrast", "link-in-text-block"]
# What holds is not asked for: to describe it takes longer than to find it out.
RUN = "(options) => axe.run(document, options).then(({ violations, ...rest }) => ({ ...rest, violations, passes: [] }))"


def assert_accessible(page: Page, *, also_dark: bool = False) -> None:
    """Fail, with axe-core's report, if the page as it now stands breaks one of its rules.

    `also_dark`: its colours are then judged in the dark scheme as well, and the page is in the light one afterwards.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    judge(page, {})
    if also_dark:
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        judge(page, {"runOnly": {"type": "rule", "values": OF_COLOURS}})
        page.emulate_media(color_scheme="light", reduced_motion="reduce")


def judge(page: Page, options: dict[str, Any]) -> None:
    results = AxeResults(page.evaluate(RUN, {"resultTypes": ["violations"], **options}))
    assert results.violations_count == 0, results.generate_report()
