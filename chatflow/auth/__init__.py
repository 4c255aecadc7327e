"""Who acts: the principal, tokens, the keys that sign them, and what becomes of accounts meanwhile."""
