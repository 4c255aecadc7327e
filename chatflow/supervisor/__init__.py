"""Runs all of ChatFlow on one machine: starts the processes in order, watches them, and leaves nothing behind."""
