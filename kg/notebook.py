"""Notebook: the graph of a project as an rdflib.Dataset, `kg.graph()`."""

from collections.abc import Mapping
from pathlib import Path

import rdflib.plugins.sparql

from kg.errors import QueryError
from kg.project import find_root
from kg.rdf.files import read
from kg.rdf.to_rdflib import to_dataset
from kg.release.nquads import load
from kg.release.reader import current


def graph(path: str | Path = ".") -> rdflib.Dataset:
    """The graph of a project's current release, or of an RDF file, as an rdflib.Dataset.

    Its default graph holds every statement, its named graphs the facts and their provenance. SPARQL on it loads
    nothing from files or the network, and knows the prefixes of the project or file. Raises StoreError where nothing
    has been built yet and QueryError where the file is not RDF.

    >>> dataset = graph("tests/examples/shapes/good/AwardShape.ttl")
    >>> len(dataset.default_graph)
    2
    """
    path = Path(path)
    if not path.exists():
        raise QueryError(f"{path}: no such file or folder; give a project's folder or an RDF file")
    if path.is_file():
        file = read(path)
        return _bound(to_dataset(file.quads), file.subjects().prefixes)
    release = current(find_root(path) / "build")
    return _bound(to_dataset(load(release.dataset)), release.manifest["prefixes"])


def _bound(dataset: rdflib.Dataset, prefixes: Mapping[str, str]) -> rdflib.Dataset:
    """The dataset with prefixes that win over rdflib's own."""
    for name, space in prefixes.items():
        dataset.bind(name, space, override=True, replace=True)
    return dataset
