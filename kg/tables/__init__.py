"""Tables: rows by the million, converted by the expressions of a columnar engine, as records mean it."""
