"""A release as files that any web server, or none but a host of files, publishes."""
