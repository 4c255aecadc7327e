"""What developers run: each file is a command of its own."""
