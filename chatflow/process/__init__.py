"""How a process starts, runs and ends: settings, logs, clocks, and failures that end it."""
