"""Bulk: the commands by which stores take a release's N-Quads file, faster than by requests, and how kg then asks them.

Placeholders are in capitals. Stores whose default graph is all graphs together keep what is in none under a name of
their own; kg asks that one as the default graph.
"""

import shlex
from pathlib import Path
from typing import NamedTuple

from kg.rdf import iris


class Bulk(NamedTuple):
    """How a store takes a file: its commands, its endpoint, and the graph that holds what the file has in none."""

    commands: str
    endpoint: str
    default_graph: str = ""


STORES = {
    "oxigraph": Bulk(
        "oxigraph load --location DATABASE --file {dataset}\n"
        "oxigraph serve --location DATABASE --bind 127.0.0.1:7878\n",
        "http://127.0.0.1:7878/query",
    ),
    "fuseki": Bulk(
        "tdb2.tdbloader --loc DATABASE {dataset}\nfuseki-server --loc DATABASE /NAME\n",
        "http://localhost:3030/NAME/query",
    ),
    "virtuoso": Bulk(
        "# FOLDER must be one of DirsAllowed in virtuoso.ini, ResultSetMaxRows in it no less than the largest answer\n"
        "cp {dataset} FOLDER/\n"
        "isql 1111 dba PASSWORD exec=\"ld_dir('FOLDER', 'dataset.nq', '{default}'); rdf_loader_run(); checkpoint;\"\n",
        "http://localhost:8890/sparql",
        "{default}",
    ),
    "graphdb": Bulk(
        "importrdf preload --id NAME --force {dataset}\n",
        "http://localhost:7200/repositories/NAME",
        "http://www.openrdf.org/schema/sesame#nil",
    ),
    "qlever": Bulk(
        "cp {dataset} . && cat > Qleverfile <<'END'\n"
        "[data]\nNAME = NAME\n"
        "[index]\nINPUT_FILES = dataset.nq\nCAT_INPUT_FILES = cat dataset.nq\nFORMAT = nq\n"
        "[server]\nPORT = 7001\n"
        "[runtime]\nSYSTEM = docker\n"
        "END\n"
        "qlever index && qlever start\n",
        "http://localhost:7001/",
        "http://qlever.cs.uni-freiburg.de/builtin-functions/default-graph",
    ),
    "neptune": Bulk(
        "aws s3 cp {dataset} s3://BUCKET/\n"
        "curl -X POST -H 'Content-Type: application/json' https://CLUSTER:8182/loader -d \\\n"
        '  \'{{"source": "s3://BUCKET/dataset.nq", "format": "nquads", "iamRoleArn": "ROLE", "region": "REGION",\n'
        '    "failOnError": "TRUE"}}\'\n',
        "https://CLUSTER:8182/sparql",
        "http://aws.amazon.com/neptune/vocab/v01/DefaultNamedGraph",
    ),
}


def commands(store: str, dataset: Path, base: str) -> str:
    """The commands for a store, and the settings of a project that asks it then.

    >>> print(commands("oxigraph", Path("/x y/dataset.nq"), "https://example.org/").splitlines()[0])
    oxigraph load --location DATABASE --file '/x y/dataset.nq'
    """
    bulk, default = STORES[store], iris.graph(base, "default")
    said = bulk.commands.format(dataset=shlex.quote(dataset.as_posix()), default=default)
    said += f'\n# In the project\'s settings:\nendpoint = "{bulk.endpoint}"\n'
    return f'{said}default_graph = "{bulk.default_graph.format(default=default)}"\n' if bulk.default_graph else said
