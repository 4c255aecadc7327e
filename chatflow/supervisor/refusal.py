"""The error that keeps the system from starting: one line that also says what to do."""


class StartRefused(Exception):
    """Ends `chatflow up` with its message and nothing else."""
