"""From a project's files to a release: the stages in their order."""
