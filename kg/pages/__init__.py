"""Pages: bytes for a release and an address; knows no HTTP."""
