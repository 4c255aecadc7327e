"""What ChatFlow's processes send each other, each message a struct; no client gets any of these as they are."""
