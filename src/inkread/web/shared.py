"""What the pages and the API share: one reader for the whole process."""

import os
from functools import cache

from inkread.models.collection import find
from inkread.reader import Reader
from inkread.settings import Settings


@cache
def shared_reader() -> Reader:
    """Return the process's reader, loaded at the first call with the model of the settings.

    Raises:
        ModelError: there is no such model, or it cannot be used.
        SettingsError: an INKREAD_* variable is unknown or out of range.
    """
    settings = Settings.from_environment(os.environ)
    return Reader(find(settings.model, settings.models))
