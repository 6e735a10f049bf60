"""What the pages and the API share: one reader for the whole process."""

from functools import cache

from inkread.reader import Reader


@cache
def shared_reader() -> Reader:
    """Return the process's reader, loaded at the first call."""
    return Reader()
