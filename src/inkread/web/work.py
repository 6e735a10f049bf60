"""Reading, away from the event loop: a few at once, and only so many that wait."""

import os
from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from inkread.errors import TooBusy

MOST_WAITING = 256
Result = TypeVar("Result")


class Work:
    """Runs what takes the processor for long in other threads, so that all else is answered."""

    def __init__(self, most_waiting: int = MOST_WAITING) -> None:
        self.most_waiting = most_waiting
        # More at once than there are cores would only take memory.
        self._at_once = CapacityLimiter(os.cpu_count() or 1)

    def is_full(self) -> bool:
        """Tell whether as many wait as can."""
        return self._at_once.statistics().tasks_waiting >= self.most_waiting

    async def run(self, task: Callable[[], Result]) -> Result:
        """Return what a task returns.

        Raises:
            TooBusy: too many wait already.
        """
        if self.is_full():
            raise TooBusy(
                f"{self.most_waiting} requests wait already", hint="ask again in a second"
            )
        return await to_thread.run_sync(task, limiter=self._at_once)
