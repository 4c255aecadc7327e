"""What the owner of a room owes to it: the heads left by the last owner, alerts that nobody took, retention."""
