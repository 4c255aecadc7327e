"""HTTP beside the sockets: the listeners, the pages, and REST passed on to the services."""
