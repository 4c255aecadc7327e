"""What people may do in a room and which event that makes: pure functions of a state, a command and a context."""
