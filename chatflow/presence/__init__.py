"""Where it stands in Redis who is here and what they look at."""
