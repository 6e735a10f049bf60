"""The app, open in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browsing import DESK, PHONE, opened


@pytest.fixture
def desk(browser: Browser, app_url: str) -> Iterator[Page]:
    yield from opened(browser, app_url, **DESK)


@pytest.fixture
def phone(browser: Browser, app_url: str) -> Iterator[Page]:
    yield from opened(browser, app_url, **PHONE)


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def visitor(browser: Browser, app_url: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The app at a desk, and again on a phone."""
    yield from opened(browser, app_url, **request.param)
