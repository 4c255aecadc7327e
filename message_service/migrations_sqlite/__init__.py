"""The steps from any older SQLite file to this program's; a step is never changed once it is released."""
