"""The life of a job, from the queue to the sockets."""
