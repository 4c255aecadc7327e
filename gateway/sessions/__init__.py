"""A client's connection from sign-in to its end: who the person is, and how much they may ask for."""
