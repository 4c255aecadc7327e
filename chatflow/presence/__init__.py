"""Presence in Redis: who is here, how they wish to appear, and which room they have in focus."""
