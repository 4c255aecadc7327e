"""One socket and whose it is: from its token to its end, and what it may ask for."""
