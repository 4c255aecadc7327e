"""What ChatFlow's processes say to each other, each message a struct; nothing here reaches a client as it is."""
