"""Decides who is told of an event, and why others are not."""
