"""What our own processes may ask."""
