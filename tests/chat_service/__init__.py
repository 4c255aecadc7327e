"""The chat workers: their rules as functions, their committing against a store that fails on purpose."""
