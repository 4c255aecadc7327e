"""The gateway: clients connect to it; it passes on their commands, and hands each client the events of its rooms."""
