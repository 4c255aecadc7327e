"""Publications between processes: fast, and allowed to be lost."""
