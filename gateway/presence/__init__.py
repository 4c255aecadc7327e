"""Presence: who is online, which room each device shows, and who is typing."""
