"""Who is here, what they look at, and who is typing."""
