"""How long a process may take to become ready: so long from its start, and anew each time that it says it goes on."""

# In a line of the log of a process that takes long to start and is getting on.
STILL_STARTING = "still starting"
READY_WITHIN_SECONDS = 90.0


class StartDeadline:
    """With one process, from the moment that it is waited for."""

    def __init__(self, now: float) -> None:
        self._deadline = now + READY_WITHIN_SECONDS
        self._last_line = ""

    def is_over(self, now: float, *, last_line: str) -> bool:
        """Tell whether it had its time; a line that says the same again, word for word, gives it no more."""
        if STILL_STARTING in last_line and last_line != self._last_line:
            self._last_line = last_line
            self._deadline = now + READY_WITHIN_SECONDS
        return now > self._deadline
