"""The measurements measure: they run, and what they count is right. They never judge a time."""
