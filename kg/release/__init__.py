"""Release: one immutable build, written, read, described, searched, exported."""
