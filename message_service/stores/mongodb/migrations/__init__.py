"""The steps from any older MongoDB database to this program's; a step is never changed once it is released."""
