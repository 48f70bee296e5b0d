"""Formats: one table of every format that kg reads or writes, from which all else about formats follows.

The writers of RDF are in `kg.rdf.serialize`, keyed by the same names. Nothing here loads pyoxigraph, so that the
command line can name its formats at once.
"""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pyoxigraph as px


class Format(NamedTuple):
    """A format: its title, media type and file suffix, and what else the tools around it call it.

    `also` are other media types that ask for it; `rdf` and `table` are pyoxigraph's names of it as a syntax of RDF and
    of query results ("" where it is not one); `w3c` its name in http://www.w3.org/ns/formats/; `eu` its name in the
    EU's list of file types; `use` what it is good for as a download.
    """

    title: str
    media_type: str
    suffix: str
    also: tuple[str, ...] = ()
    rdf: str = ""
    table: str = ""
    w3c: str = ""
    eu: str = ""
    use: str = ""

    @property
    def content_type(self) -> str:
        """The value of Content-Type: texts say that they are UTF-8."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type

    @property
    def dump(self) -> str:
        """The name of the file with the whole graph in this format."""
        return f"dataset{self.suffix}"

    @property
    def syntax(self) -> "px.RdfFormat":
        """The syntax of RDF, for pyoxigraph's parser and serializer."""
        import pyoxigraph as px

        syntax: px.RdfFormat = getattr(px.RdfFormat, self.rdf)
        return syntax

    @property
    def results(self) -> "px.QueryResultsFormat":
        """The format of query results, for pyoxigraph's parser and serializer."""
        import pyoxigraph as px

        results: px.QueryResultsFormat = getattr(px.QueryResultsFormat, self.table)
        return results


FORMATS = {
    "html": Format("HTML", "text/html", ".html", ("application/xhtml+xml",)),
    "turtle": Format(
        "Turtle",
        "text/turtle",
        ".ttl",
        ("application/x-turtle",),
        rdf="TURTLE",
        w3c="Turtle",
        eu="RDF_TURTLE",
        use="to read and to compare, and for most tools",
    ),
    "jsonld": Format(
        "JSON-LD",
        "application/ld+json",
        ".jsonld",
        ("application/json",),
        rdf="JSON_LD",
        w3c="JSON-LD",
        eu="JSON_LD",
        use="for programs that read JSON; the words are those of the facts",
    ),
    "ntriples": Format(
        "N-Triples",
        "application/n-triples",
        ".nt",
        ("text/plain",),
        rdf="N_TRIPLES",
        w3c="N-Triples",
        eu="RDF_N_TRIPLES",
        use="for streaming, a statement a line",
    ),
    "nquads": Format(
        "N-Quads",
        "application/n-quads",
        ".nq",
        rdf="N_QUADS",
        w3c="N-Quads",
        eu="RDF_N_QUADS",
        use="with the evidence, a statement a line: the canonical form",
    ),
    "trig": Format(
        "TriG", "application/trig", ".trig", rdf="TRIG", w3c="TriG", eu="RDF_TRIG", use="with the evidence, to read"
    ),
    "rdfxml": Format(
        "RDF/XML", "application/rdf+xml", ".rdf", rdf="RDF_XML", w3c="RDF_XML", eu="RDF_XML", use="for older tools"
    ),
    "json": Format(
        "JSON",
        "application/sparql-results+json",
        ".json",
        ("application/json",),
        table="JSON",
        w3c="SPARQL_Results_JSON",
    ),
    "xml": Format(
        "XML",
        "application/sparql-results+xml",
        ".xml",
        ("application/xml", "text/xml"),
        table="XML",
        w3c="SPARQL_Results_XML",
    ),
    "csv": Format("CSV", "text/csv", ".csv", table="CSV", w3c="SPARQL_Results_CSV"),
    "tsv": Format("TSV", "text/tab-separated-values", ".tsv", table="TSV", w3c="SPARQL_Results_TSV"),
    "xlsx": Format("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"),
    "text": Format("text", "text/plain", ".txt"),
}
# In the order in which they are offered: of formats that a client likes the same, it gets the first.
GRAPHS = tuple(name for name, format_ in FORMATS.items() if format_.rdf)
TABLES = tuple(name for name, format_ in FORMATS.items() if format_.table)
SHEETS = (*TABLES, "xlsx")  # what the rows of a canned query can be
DATASETS = ("nquads", "trig")  # those that hold named graphs, and so the evidence
DOCUMENTS = ("html", *GRAPHS)
EXPORTS = (*GRAPHS, "csv")
# The forms in which evidence is exported, and the formats that hold each, the usual one first.
EVIDENCE = {
    "reified": tuple(name for name in EXPORTS if name not in DATASETS),
    "rdf12": ("turtle", "ntriples"),
    "nanopub": DATASETS[::-1],
    "annotations": ("jsonld",),
}
BY_SUFFIX = {format_.suffix: name for name, format_ in FORMATS.items()}
# Endings of files of RDF, and the format that each tells: those that are written, and what others call them.
READ = {
    **{FORMATS[name].suffix: name for name in GRAPHS},
    ".turtle": "turtle",
    ".shacl": "turtle",
    ".owl": "rdfxml",
    ".rdfs": "rdfxml",
    ".xml": "rdfxml",
    ".json": "jsonld",
    ".n3": "n3",
    ".hext": "hext",
}
