"""The log and what is folded from it: pure, and the same for every store."""
