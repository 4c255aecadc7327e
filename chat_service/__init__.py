"""The chat workers: they decide every command to a room, in order, and append the resulting events to its log."""
