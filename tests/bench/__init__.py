"""Benchmarks: `make bench` prints each figure as a ratio to a peer timed in the same run."""
