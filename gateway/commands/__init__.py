"""Clients' commands and requests: each is validated, sent to the worker that owns the room, and answered."""
