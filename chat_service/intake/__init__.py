"""Receives commands from gateways and puts them into the order in which they were sent."""
