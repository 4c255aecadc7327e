"""Where the log stands: one port, an adapter for each server, and what they share."""
