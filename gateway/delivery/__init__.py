"""How events reach sockets: gap-free and in order, whatever the bus loses."""
