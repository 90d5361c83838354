"""Whether people who do not see or click can use a page."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def assert_accessible(page: Page) -> None:
    """Fail, with axe-core's report, if the page as it now stands breaks one of its rules."""
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
