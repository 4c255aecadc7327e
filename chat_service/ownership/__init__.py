"""An owner's duties to its rooms: announcing heads that the last owner left, offering alerts again, retention."""
