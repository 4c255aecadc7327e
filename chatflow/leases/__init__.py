"""Which processes are alive, and by it who owns what."""
