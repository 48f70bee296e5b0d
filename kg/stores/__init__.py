"""Stores: the databases that answer."""
