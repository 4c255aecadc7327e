"""Which processes are alive, and so which of them owns what."""
