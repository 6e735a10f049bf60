"""What the tests of imported models share."""

from pathlib import Path

import pytest

from inkread.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(models=tmp_path / "kept")
