"""The editor: a page on this machine on which a curator selects words of a source and says what they say."""
