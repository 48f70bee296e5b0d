"""SHACL: the report of a validation, the engines that make it, the formats it is shown in."""
