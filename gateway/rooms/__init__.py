"""The rooms of each person: who is a member, how sockets are let in, and how clients catch up."""
