"""Query: what a release answers, in process and in workers within limits."""
