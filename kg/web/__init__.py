"""Web: a release over HTTP; knows no template."""
