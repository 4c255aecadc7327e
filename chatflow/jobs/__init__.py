"""Work that is owed once: the queue between the log and whoever does it."""
