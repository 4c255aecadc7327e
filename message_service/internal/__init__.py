"""The private API for our own processes."""
