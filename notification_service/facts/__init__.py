"""Finds out what a decision needs to know: people's wishes, who watches for what, who is here and who is looking."""
