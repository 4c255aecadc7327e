"""What user_service answers: the views of its paths, and the tokens and cookies in their answers."""
