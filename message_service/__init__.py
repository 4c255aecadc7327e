"""message_service: the room log, everything folded from it, and the pages that people read of it."""
