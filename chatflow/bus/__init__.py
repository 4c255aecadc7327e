"""Publications between processes: fast, but any of them may be lost."""
