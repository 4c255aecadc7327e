"""What the Django services share, and nobody else may import."""
