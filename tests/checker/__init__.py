"""Judges what clients saw: a history of everything sent, answered and delivered against what is promised."""
