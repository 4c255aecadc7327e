"""What people may do in a room and what comes of it: pure functions of a state, a command and a context."""
