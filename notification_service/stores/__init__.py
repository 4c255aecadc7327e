"""Where notices stand, on SQLite and on PostgreSQL."""
