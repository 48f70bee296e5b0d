"""Terms, IRIs, dates, datatypes, formats, the context and the ontology: what every other folder stands on."""
