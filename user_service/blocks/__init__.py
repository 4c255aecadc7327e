"""Blocks: whom people want to hear nothing from."""
