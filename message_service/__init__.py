"""Keeps the room log and everything that is folded from it, and serves the pages that people read of it."""
