"""The ways out of the app, one folder for each: notices to people, and a room's events to programs."""
