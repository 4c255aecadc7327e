"""The public API for a person's notices and preferences."""
