"""Takes jobs from the queue and does them: it records notices and tells people's sockets."""
