"""Upgrades: on data that an older version made, and to a next version and back, process by process."""
