"""Runs a part of the import in a process of its own, with a limit of time and of memory.

A model is a program of its maker: it may be damaged, or made to take all there is.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress

from inkread.errors import ModelError

MOST_SECONDS = 120
MOST_GIGABYTES = 8  # of addresses; PyTorch alone reserves three
OURS = 3  # the exit status of an error that inkread raises on purpose


def run_apart(module: str, arguments: Sequence[str], about: str) -> None:
    """Run a module's `main` with the arguments, and wait for it.

    Raises:
        ModelError: as the module raised it, or it took too long or too much.
    """
    # -P keeps what lies in the current folder from being imported in place of a library.
    command = [sys.executable, "-P", "-W", "ignore", "-m", module, *arguments]
    try:
        done = subprocess.run(  # noqa: S603  # our own modules
            command, capture_output=True, text=True, timeout=MOST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise ModelError(
            f"needs a model that reads a few digits in {MOST_SECONDS} s, got a slower one: {about}"
        ) from None
    if done.returncode == OURS:
        message, hint = json.loads(done.stderr.splitlines()[-1])
        raise ModelError(message, hint)
    if done.returncode:
        raise ModelError(
            f"the model takes more than {MOST_GIGABYTES} GB of memory, or is damaged: {about}"
        )


def answer(main: Callable[..., None]) -> None:
    """Call a module's `main` with the command line's arguments; tell its errors to the parent."""
    _limit_memory()
    try:
        main(*sys.argv[1:])
    except ModelError as error:
        print(json.dumps([error.message, error.hint]), file=sys.stderr)
        sys.exit(OURS)


def _limit_memory() -> None:
    try:
        import resource
    except ModuleNotFoundError:  # Windows has no such limit
        return
    most = MOST_GIGABYTES * 1024**3
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or most < hard:
        with suppress(ValueError, OSError):  # macOS has the limit, and refuses to set it
            resource.setrlimit(resource.RLIMIT_AS, (most, hard))
