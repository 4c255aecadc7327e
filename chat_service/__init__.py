"""The chat workers: they decide every command to a room, in order, and let the room's log grow by it."""

# Before anything imports structlog: the package keeps it small.
import chatflow  # noqa: F401
