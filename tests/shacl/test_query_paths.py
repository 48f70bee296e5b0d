"""Triples of queries: which predicates they can match, and which paths lead to them from the focus node."""

import re

import pytest

from kg.shacl.query_paths import predicates, ways


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("SELECT ?this { ?this x:p ?a ; x:q ?b, 1.5 . ?b a x:C }", "p q type"),
        (
            'SELECT ?this { ?this x:p "a.b { ?x ?y ?z }"@en . <http://x/s> (x:q|^x:r)+ ?a. ?a x:t 1. ?a x:u ?b }',
            "p q r t u",
        ),
        (
            "SELECT ?this (COUNT(?a) AS ?n) WHERE { ?this x:p ?a FILTER (?a > 1 && EXISTS { ?a x:q ?b }) OPTIONAL { ?a x:r ?c } } GROUP BY ?this",
            "p q r",
        ),
        (
            "SELECT ?this { { ?this x:p ?a } UNION { ?this x:q ?a } FILTER NOT EXISTS { ?a x:r ?this . } BIND (str(?a) AS ?s) ?a x:t ?s }",
            "p q r t",
        ),
        ("SELECT ?this { { SELECT ?this { ?this x:p ?a } } ?a x:q x:p }", "p q"),
        ("SELECT ?this { ?this x:p ?a FILTER regex(?a, 'x') ?a x:q ?b }", "p q"),
        ("SELECT ?this { ?this :q ?a . ?a :kind :Select ; :p :where . ?a : 1 }", " kind p q"),  # no keywords
        ("SELECT ?this { ?this x:p ?a FILTER((?a<9)||?a>100) ?this x:q ?b }", "p q"),  # in which no IRI is
        ('SELECT ?this { ?this x:p """a " \\""" ; x:r ?b""" ; x:q ?b }', "p q"),
        ("BASE <http://x/> SELECT ?this { ?this <q> ?b }", None),
        ("SELECT ?this { ?this <http://x/\\u0071> ?b }", None),
        ("SELECT ?this { ?this x:p ?a FILTER (?a = 1 ?this x:q ?b }", None),
        ("SELECT ?this { ?this ?p ?a }", None),
        ("SELECT ?this { ?this x:p ?a ; ?q ?b }", None),
        ("SELECT ?this { ?this x:p* ?a }", None),
        ("SELECT ?this { ?this x:q/x:p* ?a }", "p q"),
        ("SELECT ?this { ?this x:p? ?a }", None),
        ("SELECT ?this { ?this !x:p ?a }", None),
        ("SELECT ?this { ?this x:p [ x:q ?a ; x:r [] ] . [] x:t ?a . _:b x:u ?a }", "p q r t u"),
        ("SELECT ?this { ( 1 2 ) x:p ?this }", None),
        ("SELECT ?this { ?this unknown:p ?a }", None),
        ("SELECT ?this { GRAPH ?g { ?this x:p ?a } }", None),
    ],
)
def test_which_predicates_a_query_can_match(query: str, found: str | None) -> None:
    some = predicates(f"PREFIX x: <http://x/> PREFIX : <http://x/> \n{query}")
    assert (some if some is None else " ".join(sorted(re.split("[/#]", iri)[-1] for iri in some))) == found


@pytest.mark.parametrize(
    ("query", "paths"),
    [
        ("$this x:p ?a", "p"),
        ("?a x:p $this", "^p"),
        ("$this x:p ?a ; x:q ?b . ?b x:r/^x:p ?c", "p, q, q/(r/^p)"),
        ("?c x:r ?b . $this x:q ?a . ?b x:p ?a", "q, q/^p, q/^p/^r"),
        ("$this x:p x:a ; x:q 1", "p, q"),
        ("$this (x:p|x:q)+ ?a . ?a x:r+ ?b . $this (x:q/x:r*) ?b", "(p|q)+, (p|q)+/r+, q/r*"),
        ("$this x:p [ x:q ?b ; x:r [] ]", "p, p/q, p/r"),
        ("$this x:p ?a OPTIONAL { ?a x:q ?b . ?b x:r ?c }", "p, p/q, p/q/r"),
        ("$this x:p ?a FILTER (?a > 1 && NOT EXISTS { ?a x:q ?b }) BIND (1 AS ?c)", "p, p/q"),
        ("FILTER NOT EXISTS { ?a x:q ?b } $this x:p ?a", "p, p/q"),
        ("FILTER EXISTS { $this x:q ?b } FILTER NOT EXISTS { ?b x:p $this }", "q, ^p"),
        ("$this x:p $this . $this x:p ?a . $this x:q ?a . ?a x:r $this", "p, p, q, p/r"),
        ("", ""),
        ("$this x:p ?a . ?b x:q ?c", None),  # of which triples anywhere decide
        ("$this x:p x:a . x:a x:q ?b", None),
        ("$this x:p ?a OPTIONAL { ?b x:q ?c }", None),
        ("OPTIONAL { ?a x:q ?b } $this x:p ?a", None),  # what it binds, or not, it binds before
        ("$this x:p ?a OPTIONAL { $this x:q ?b } ?b x:r ?c", None),  # which is of any ?b where it is not bound
        ("$this x:p ?a OPTIONAL { $this x:q ?b } FILTER NOT EXISTS { ?b x:r ?c }", None),
        ("BIND (EXISTS { ?a x:q 1 } AS ?b) $this x:p ?a", None),
        ("$this x:p ?a BIND (?a AS ?b) ?b x:q ?c", None),
        ("$this x:p ?a OPTIONAL { ?a x:q ?b FILTER EXISTS { ?b x:r ?c } }", None),
        ("$this x:r* ?b", None),  # whether it is a node at all, any triple decides
        ("$this x:p ?a . ?a ((x:r?/x:p*)|x:q) ?b", None),
        ("$this ^(x:r?)+ ?b", None),
        ("$this ?p ?a", None),
        ("{ $this x:p ?a } UNION { $this x:q ?a }", None),
        ("$this x:p ?a MINUS { ?a x:q ?b }", None),
        ("$this x:p ?a GRAPH x:g { ?a x:q ?b }", None),
        ("$this x:p ?a . { SELECT $this { $this x:q ?b } }", None),
        ("$this !x:p ?a", None),
        ("$this x:p ( 1 2 )", None),
        ("$this y:p ?a", None),
    ],
)
def test_which_paths_lead_to_the_triples_of_a_query(query: str, paths: str | None) -> None:
    found = ways(f"PREFIX x: <http://x/> SELECT ?this {{ {query.replace('$', '?')} }}")
    shown = None if found is None else ", ".join(re.sub("<http://x/([^>]*)>| ", r"\1", path.sparql()) for path in found)
    assert shown == paths
