"""Pure functions for the log and what is folded from it; they are the same for every store."""
