"""The documents say what is true of the code."""
