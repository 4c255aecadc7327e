"""What two or more of ChatFlow's services share: the language they speak, the ports they use, and process plumbing."""
