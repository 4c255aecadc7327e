"""Decides which messages retention takes once they are too old, and by which clock."""
