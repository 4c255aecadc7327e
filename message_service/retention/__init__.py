"""What is taken after a room's days are over, and by which clock."""
