"""What clients ask for: read strictly, sent to the owner of the room, answered."""
