"""Jobs that are owed once: the queue between the log and the process that does them."""
