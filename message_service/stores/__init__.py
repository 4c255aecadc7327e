"""The stores that keep the log: one port, an adapter for each server, and what the adapters share."""
