"""Outgoing webhooks: the events of a room, sent to a URL that its moderators named, in the order of the room."""
