"""The terminal: how what kg has to say looks to people."""
