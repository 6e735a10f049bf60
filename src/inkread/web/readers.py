"""What the pages and the API share: the readers of the process, one a model, loaded once."""

import os
from functools import cache
from pathlib import Path
from threading import Lock

from inkread.errors import UnknownModel
from inkread.models import collection
from inkread.reader import Reader
from inkread.settings import Settings

MOST_LOADED = 8  # models at once; a network takes a few megabytes


class Readers:
    """Readers by the name of their model. They may be asked for from many threads."""

    def __init__(self, settings: Settings) -> None:
        """Load nothing yet.

        Args:
            settings: which model is the default, and where the imported ones are.
        """
        self._model = settings.model or collection.BUNDLED
        self.default = Path(self._model).name  # of a file no more than that: folders are private
        self.folder = settings.models
        self._loaded: dict[str, tuple[object, Reader]] = {}
        self._lock = Lock()

    def names(self) -> list[str]:
        """Return the models that can be asked for, the default first."""
        known = (self.default, collection.BUNDLED, *collection.names(self.folder))
        return list(dict.fromkeys(known))

    def path(self, name: str | None = None) -> Path | None:
        """Return the file of a model, as `Reader` takes it; None is the bundled one.

        Args:
            name: one of `names`; the default when None.

        Raises:
            UnknownModel: there is no such model. A path is none, or anybody could name any file.
            ModelError: the default is not there.
        """
        name = name or self.default
        if name not in (names := self.names()):
            raise UnknownModel(f"no model of that name: {name}", hint=f"one of: {', '.join(names)}")
        return collection.find(self._model if name == self.default else name, self.folder)

    def get(
        self,
        name: str | None = None,
        *,
        threshold: float | None = None,
        versions: int | None = None,
    ) -> Reader:
        """Return the reader of a model, loaded anew where its file has changed.

        Args:
            name: as for `path`.
            threshold: as for `Reader`.
            versions: as for `Reader`.

        Raises:
            UnknownModel: there is no such model.
            ModelError: it cannot be used.
            SettingsError: the threshold or the versions are out of range.
        """
        path = self.path(name)
        stamp = path and (path.stat().st_mtime_ns, path.stat().st_size)
        with self._lock:
            before, reader = self._loaded.pop(str(path), (None, None))
            if reader is None or before != stamp:
                reader = Reader(path)
            self._loaded[str(path)] = (stamp, reader)
            if len(self._loaded) > MOST_LOADED:
                del self._loaded[next(iter(self._loaded))]
        if threshold is None and versions is None:
            return reader
        return reader.tuned(threshold=threshold, versions=versions)


@cache
def shared_readers() -> Readers:
    """Return the process's readers, with the model of the settings as the default.

    Raises:
        SettingsError: an INKREAD_* variable is unknown or out of range.
    """
    return Readers(Settings.from_environment(os.environ))
