"""Convert made-up tables to sorted N-Triples: kg beside hand-written DuckDB SQL, Morph-KGC and maplib.

    python -m tests.bench.tables [STATEMENTS ...] [--peers] [--runs N]

Four tables of the shape that institutions have: organizations, people, memberships and acts on a treaty; 17 statements a
group of four rows. `--peers` installs Morph-KGC and maplib into environments of their own, which takes a minute.
"""

import argparse
import csv
import json
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from tests.bench.waist import Cost, measured

BASE = "https://bench.example.org/"
RUNS = 3
A_GROUP = 17  # statements of one row of each table
COLUMNS = {
    "organizations": (("id", ""), ("type", "type"), ("name", "text"), ("founded", "date"), ("members", "integer")),
    "people": (("id", ""), ("type", "type"), ("name", "text"), ("born", "date"), ("worksFor", "organizations")),
    "memberships": (
        ("id", ""),
        ("type", "type"),
        ("person", "people"),
        ("organization", "organizations"),
        ("since", "date"),
    ),
    "acts": (
        ("id", ""),
        ("type", "type"),
        ("by", "organizations"),
        ("date", "date"),
        ("note", "text"),
        ("number", "integer"),
    ),
}
XSD = "http://www.w3.org/2001/XMLSchema#"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def generate(folder: Path, statements: int) -> None:
    """Write the tables, the same for the same number."""
    chance = random.Random(7)
    count = max(1, statements // A_GROUP)
    for table, columns in COLUMNS.items():
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([name for name, _ in columns])
            for number in range(count):
                writer.writerow([_cell(table, kind, number, count, chance) for _, kind in columns])
    (folder / "tables.json").write_text(json.dumps(_metadata()), encoding="utf-8")


def _cell(table: str, kind: str, number: int, count: int, chance: random.Random) -> str:
    if kind == "type":
        return table.capitalize()
    if kind == "date":
        return f"{1900 + number % 120}-{number % 12 + 1:02}-{number % 28 + 1:02}"
    if kind == "integer":
        return str(number * 7 % 100_003)
    if kind == "text":
        words = f"The {table} “{number}” of the valley"
        return f'{words}, called "{number}"' if number % 50 == 0 else words
    if kind == "":
        return f"{table}-{number}"
    return f"{kind}-{chance.randrange(count)}"


def _metadata() -> dict[str, object]:
    tables = []
    for table, columns in COLUMNS.items():
        described = []
        for name, kind in columns:
            one: dict[str, object] = {"name": name, "titles": name, "propertyUrl": f"{BASE}ontology#{name}"}
            if kind == "":
                one["suppressOutput"] = True
            elif kind == "type":
                one |= {"propertyUrl": "rdf:type", "valueUrl": f"{BASE}ontology#{{type}}"}
            elif kind in ("date", "integer"):
                one["datatype"] = kind
            elif kind != "text":
                one["valueUrl"] = f"{BASE}id/{{{name}}}"
            described.append(one)
        tables.append({"url": f"{table}.csv", "tableSchema": {"aboutUrl": f"{BASE}id/{{id}}", "columns": described}})
    return {"@context": "http://www.w3.org/ns/csvw", "tables": tables}


BY_HAND = r"""
import sys, duckdb
folder, out = sys.argv[1:]
columns = {columns!r}
con = duckdb.connect(config=dict(memory_limit='1500MB', temp_directory=folder + '/spilled'))
def escaped(c):
    return ("replace(replace(replace(replace(" + c + ", '\\', '\\\\'), '\"', '\\\"'), chr(10), '\\n'), chr(13), '\\r')")
parts = []
for table, fields in columns.items():
    lines = []
    for name, kind in fields:
        predicate = '<{base}ontology#' + name + '>'
        if kind == '':
            continue
        if kind == 'type':
            lines.append("s || '<{rdf_type}> <{base}ontology#' || type || '> .'")
        elif kind in ('date', 'integer'):
            lines.append(f"s || '{{predicate}} \"' || {{name}} || '\"^^<{xsd}{{kind}}> .'")
        elif kind == 'text':
            lines.append(f"s || '{{predicate}} \"' || {{escaped(name)}} || '\" .'")
        else:
            lines.append(f"s || '{{predicate}} <{base}id/' || \"{{name}}\" || '> .'")
    names = ", ".join(f"'{{n}}': 'VARCHAR'" for n, _ in fields)
    read = f"read_csv('{{folder}}/{{table}}.csv', auto_detect=false, header=true, delim=',', quote='\"', escape='\"', columns={{{{{{names}}}}}})"
    parts.append(f"SELECT unnest([{{', '.join(lines)}}]) AS line FROM (SELECT '<{base}id/' || id || '> ' AS s, * FROM {{read}})")
con.execute(f"COPY (SELECT DISTINCT line FROM ({{' UNION ALL '.join(parts)}}) WHERE line IS NOT NULL ORDER BY line) "
            f"TO '{{out}}' (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01')")
"""

MORPH = """[CONFIGURATION]
output_file: {out}
output_format: N-TRIPLES
[DATA]
mappings: {mapping}
"""


MAPLIB = r"""
import sys, polars, maplib
folder, out = sys.argv[1:]
columns = {columns!r}
model = maplib.Model()
kinds = {{"date": "xsd:date", "integer": "xsd:integer", "text": "xsd:string", "type": "ottr:IRI"}}
prefixes = "@prefix t: <{base}t#> . @prefix o: <{base}ontology#> . @prefix ottr: <http://ns.ottr.xyz/0.4/> . "
prefixes += "@prefix xsd: <{xsd}> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . "
for table, fields in columns.items():
    parts = [("ottr:IRI" if k == "" else kinds.get(k, "ottr:IRI"), n) for n, k in fields]
    parameters = ", ".join(f"{{kind}} ?{{name}}" for kind, name in parts)
    triples = ", ".join(
        f"ottr:Triple(?id, {{'rdf:type' if k == 'type' else 'o:' + n}}, ?{{n}})" for n, k in fields if k != ""
    )
    model.add_template(f"{{prefixes}} t:{{table}} [ {{parameters}} ] :: {{{{ {{triples}} }}}} .")
    frame = polars.read_csv(f"{{folder}}/{{table}}.csv", infer_schema=False)
    made = []
    for n, k in fields:
        column = polars.col(n)
        if k == "date":
            column = column.str.to_date()
        elif k == "integer":
            column = column.cast(polars.Int64)
        elif k != "text":
            column = "{base}" + ("ontology#" if k == "type" else "id/") + column
        made.append(column.alias(n))
    model.map("{base}t#" + table, frame.select(made))
model.write(out, format="ntriples")
"""


def rml(folder: Path) -> str:
    """The mapping of the tables in RML, for Morph-KGC."""
    parts = [
        "@prefix rr: <http://www.w3.org/ns/r2rml#> . @prefix rml: <http://semweb.mmlab.be/ns/rml#> . "
        "@prefix ql: <http://semweb.mmlab.be/ns/ql#> .\n"
    ]
    for table, columns in COLUMNS.items():
        said = []
        for name, kind in columns:
            if kind == "":
                continue
            predicate = RDF_TYPE if kind == "type" else f"{BASE}ontology#{name}"
            if kind == "type":
                value = f'rr:template "{BASE}ontology#{{type}}"'
            elif kind in ("date", "integer"):
                value = f'rml:reference "{name}" ; rr:datatype <{XSD}{kind}>'
            elif kind == "text":
                value = f'rml:reference "{name}"'
            else:
                value = f'rr:template "{BASE}id/{{{name}}}"'
            said.append(f"rr:predicateObjectMap [ rr:predicate <{predicate}> ; rr:objectMap [ {value} ] ]")
        parts.append(
            f'<#{table}> rml:logicalSource [ rml:source "{folder / table}.csv" ; rml:referenceFormulation ql:CSV ] ;\n'
            f'  rr:subjectMap [ rr:template "{BASE}id/{{id}}" ] ;\n  {" ; ".join(said)} .\n'
        )
    return "".join(parts)


def environment(folder: Path, *packages: str) -> Path:
    """The Python of an environment of its own, made once."""
    python = folder / "bin" / "python"
    if not python.is_file():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
    return python


def main() -> None:
    """Print the medians of each size, with the ratios to kg."""
    parser = argparse.ArgumentParser()
    parser.add_argument("statements", nargs="*", type=int, default=[1_000_000, 10_000_000])
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--runs", type=int, default=RUNS)
    given = parser.parse_args()
    kg = Path(sys.executable).parent / "kg"
    aside = Path(tempfile.gettempdir()) / "kg-bench-peers"
    for size in given.statements:
        with tempfile.TemporaryDirectory(prefix="kg-bench-") as name:
            folder = Path(name)
            generate(folder, size)
            (folder / "by_hand.py").write_text(
                BY_HAND.format(columns=COLUMNS, base=BASE, rdf_type=RDF_TYPE, xsd=XSD), encoding="utf-8"
            )
            outs = {who: folder / f"{who.replace(' ', '-')}.nt" for who in ("kg", "by hand", "Morph-KGC")}
            commands: dict[str, list[str | Path]] = {
                "kg": [kg, "tables", "convert", folder / "tables.json", "-o", outs["kg"]],
                "by hand": [sys.executable, folder / "by_hand.py", folder, outs["by hand"]],
            }
            if given.peers:
                python = environment(aside / "morph", "morph-kgc==2.10.0")
                (folder / "mapping.ttl").write_text(rml(folder), encoding="utf-8")
                (folder / "morph.ini").write_text(
                    MORPH.format(out=outs["Morph-KGC"], mapping=folder / "mapping.ttl"), encoding="utf-8"
                )
                commands["Morph-KGC"] = [python, "-m", "morph_kgc", folder / "morph.ini"]
                other = environment(aside / "maplib", "maplib", "polars")
                code = MAPLIB.format(columns=COLUMNS, base=BASE, xsd=XSD)
                (folder / "by_maplib.py").write_text(code, encoding="utf-8")
                commands["maplib"] = [other, folder / "by_maplib.py", folder, folder / "maplib.nt"]
            costs: dict[str, list[Cost]] = {who: [] for who in commands}
            for _ in range(given.runs):  # in turn, since the machine's speed changes
                for who, command in commands.items():
                    costs[who].append(measured(*command))
            same = outs["kg"].read_bytes() == outs["by hand"].read_bytes()
            lines = sum(1 for _ in outs["kg"].open("rb"))
            print(f"{lines:,} statements; kg and the query by hand give {'the same bytes' if same else 'OTHER BYTES'}")
            own = median(cost.seconds for cost in costs["kg"])
            for who, found in costs.items():
                seconds, memory = median(cost.seconds for cost in found), max(cost.memory for cost in found)
                print(f"  {who:<12} {seconds:7.2f} s  {memory:7.0f} MB  {seconds / own:5.2f} of kg")
        shutil.rmtree(name, ignore_errors=True)


if __name__ == "__main__":
    main()
