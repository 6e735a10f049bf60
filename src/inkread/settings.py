"""The settings of the doors, from INKREAD_* variables. The library itself reads none."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

import click

from inkread.errors import SettingsError

PREFIX = "INKREAD_"


def _models() -> Path:
    """Return the folder that this system keeps a program's own files in, and `models` in it."""
    return Path(click.get_app_dir("inkread")) / "models"


@dataclass(frozen=True)
class Settings:
    """What the web app and the command line may be told from outside.

    Attributes:
        data: folder with the training and checking data; fetched when None.
        model: that digits are read with: an imported model's name or an ONNX file; the bundled
            one when None.
        models: folder that imported models are kept in.
        max_upload_mb: the largest request to the API, and file on the pages, 1–100 MB.
        origins: of the pages elsewhere that may use the pad and the API, as
            `https://example.org`, apart by commas; `*` for all of them; none unless named.
        contact: an address, of mail or of a page, that the app names for reporting problems.
    """

    data: Path | None = None
    model: str | None = None
    models: Path = field(default_factory=_models)
    max_upload_mb: int = 10
    origins: tuple[str, ...] = ()
    contact: str | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read the settings from INKREAD_* variables; empty ones count as not set.

        Raises:
            SettingsError: a variable is unknown or its value is out of range.
        """
        given = {
            name.removeprefix(PREFIX).lower(): value
            for name, value in environment.items()
            if name.startswith(PREFIX) and value
        }
        known = {each.name for each in fields(cls)}
        for name in sorted(given.keys() - known):
            raise SettingsError(
                f"unknown setting {PREFIX}{name.upper()}",
                hint="known: " + ", ".join(PREFIX + each.upper() for each in sorted(known)),
            )
        return cls(
            data=Path(given["data"]) if "data" in given else cls.data,
            model=given.get("model"),
            models=Path(given["models"]) if "models" in given else _models(),
            max_upload_mb=_whole_number("max_upload_mb", given, cls.max_upload_mb, 1, 100),
            origins=_origins(given.get("origins", "")),
            contact=given.get("contact"),
        )


def _origins(text: str) -> tuple[str, ...]:
    origins = tuple(each.strip() for each in text.split(",") if each.strip())
    for origin in origins:
        if origin != "*" and not re.fullmatch(r"https?://[^/?#\s]+", origin):
            raise SettingsError(
                f"{PREFIX}ORIGINS needs origins like https://example.org, got: {origin}"
            )
    return origins


def _whole_number(
    name: str, given: Mapping[str, str], default: int, smallest: int, largest: int
) -> int:
    value = given.get(name, str(default))
    if not value.isdecimal() or not smallest <= int(value) <= largest:
        raise SettingsError(
            f"{PREFIX}{name.upper()} needs a whole number from {smallest} to {largest}, "
            f"got: {value}"
        )
    return int(value)
