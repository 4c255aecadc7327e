"""Why the system does not start: one line that also says what to do."""


class StartRefused(Exception):
    """Ends `chatflow up` with its message and nothing else."""
