"""The chat workers: they decide every command to a room, in order, and let the room's log grow by it."""
