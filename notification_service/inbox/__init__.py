"""A person's notices, as they read them."""
