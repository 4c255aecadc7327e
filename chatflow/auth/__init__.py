"""Who is asking: tokens, the keys that sign them, and the sessions that ended."""
