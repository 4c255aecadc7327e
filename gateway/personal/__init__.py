"""What people set for themselves: read positions and preferences."""
