"""Facts: records that quote their sources, read, checked, and made into quads. Imported by the build alone."""
