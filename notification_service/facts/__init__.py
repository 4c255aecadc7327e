"""Keeps in memory what decisions need to know of many people at once: who watches for what."""
