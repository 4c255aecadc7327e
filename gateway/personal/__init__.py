"""Personal settings of people in rooms: read positions and preferences."""
