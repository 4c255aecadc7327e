"""The message store in MongoDB."""
