"""How a command is decided: a worker's rooms, their queues, and in `rules` pure functions over a room's state."""
