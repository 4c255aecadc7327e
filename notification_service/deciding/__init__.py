"""Who is told, and why."""
