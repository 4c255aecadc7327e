"""Hands room events and signals to sockets: events without a gap and in order, whatever the bus loses."""
