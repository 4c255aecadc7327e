"""The gateway: where clients connect; it passes their commands on and hands each the events of its rooms."""
