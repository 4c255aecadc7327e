"""How a process lives: settings, logs, and what ends it."""
