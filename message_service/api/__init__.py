"""What the world may ask: views over the port, and the form of their answers."""
