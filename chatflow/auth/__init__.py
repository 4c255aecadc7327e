"""Who acts: the principal, tokens, the keys that sign them, and the sessions that ended."""
