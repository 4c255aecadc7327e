"""How a command is decided: pure rules over a room's state, which is never changed in place."""
