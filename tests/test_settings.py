from pathlib import Path

import pytest

from inkread.errors import SettingsError
from inkread.settings import Settings


def test_nothing_set_gives_the_defaults() -> None:
    assert Settings.from_environment({"HOME": "/"}) == Settings(data=None, max_upload_mb=10)


def test_variables_are_read(tmp_path: Path) -> None:
    environment = {
        "INKREAD_DATA": str(tmp_path),
        "INKREAD_MODEL": "mine",
        "INKREAD_MODELS": str(tmp_path / "kept"),
        "INKREAD_MAX_UPLOAD_MB": "25",
        "INKREAD_CONTACT": "help@example.org",
        "INKREAD_ORIGINS": "https://example.org, http://127.0.0.1:8000",
    }
    origins = ("https://example.org", "http://127.0.0.1:8000")
    expected = Settings(tmp_path, "mine", tmp_path / "kept", 25, origins, "help@example.org")
    assert Settings.from_environment(environment) == expected


def test_models_are_kept_where_the_system_keeps_such_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HOME", "XDG_CONFIG_HOME", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path))
    folder = Settings.from_environment({}).models
    assert folder.is_relative_to(tmp_path)
    assert folder.parts[-2:] in (("inkread", "models"), ("Inkread", "models"))


def test_an_empty_variable_counts_as_not_set() -> None:
    assert Settings.from_environment({"INKREAD_MAX_UPLOAD_MB": ""}) == Settings()


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("DATUM", "x", "unknown setting INKREAD_DATUM"),
        ("MAX_UPLOAD_MB", "0", "INKREAD_MAX_UPLOAD_MB needs a whole number from 1 to 100, got: 0"),
        (
            "MAX_UPLOAD_MB",
            "ten",
            "INKREAD_MAX_UPLOAD_MB needs a whole number from 1 to 100, got: ten",
        ),
        # an origin has no path
        (
            "ORIGINS",
            "https://a.org/b",
            "INKREAD_ORIGINS needs origins like https://example.org, got: https://a.org/b",
        ),
        ("ORIGINS", "a.org", "INKREAD_ORIGINS needs origins like https://example.org, got: a.org"),
        ("MAX_UPLOAD_MB", "²", "INKREAD_MAX_UPLOAD_MB needs a whole number from 1 to 100, got: ²"),
    ],
)
def test_what_is_wrong_is_said(name: str, value: str, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({f"INKREAD_{name}": value})
    assert caught.value.message == message
