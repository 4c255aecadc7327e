"""What a command leads to: pure rules over a room that is never changed in place."""
