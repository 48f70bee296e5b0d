"""OpenAPI: the description of the API (OpenAPI 3.1), with the canned queries and their parameters."""

from collections.abc import Iterable, Mapping
from typing import Any

from kg.query.canned import CannedQuery, Parameter
from kg.query.sparql import form
from kg.rdf.datatypes import DATATYPES
from kg.rdf.formats import DOCUMENTS, FORMATS, GRAPHS, SHEETS, TABLES


def openapi(queries: Iterable[CannedQuery], said: Mapping[str, Any], url: str) -> dict[str, Any]:
    """The OpenAPI document of a release; `url` is the site's address as the client sees it."""
    paths: dict[str, Any] = {}
    for query in queries:
        paths[f"/query/{query.name}.{{format}}"] = {"get": _canned(query)}
    paths |= {
        "/sparql": {"get": _sparql_get(), "post": _sparql_post()},
        "/id/{slug}": {"get": _entity()},
        "/search": {"get": _search()},
        "/query": {"get": _get("The canned queries", ("json", "html"), "list")},
        "/dataset": {"get": _get("The description of the dataset: VoID, DCAT, schema.org", DOCUMENTS, "describe")},
        "/health": {
            "get": {**_get("Whether the server answers", (), "health"), "responses": _responses(("json",), ())}
        },
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": said["title"] or said["base"],
            "description": said.get("description", ""),
            "version": said.get("versions", {}).get("kg", "0"),
            **({"license": {"name": said["license"], "url": said["license"]}} if said.get("license") else {}),
        },
        "servers": [{"url": url.rstrip("/")}],
        "security": [],  # everything may be read by everybody
        "paths": paths,
        "components": {"schemas": {"Problem": _PROBLEM}},
    }


_PROBLEM = {
    "type": "object",
    "description": "What went wrong and what to do (RFC 9457)",
    "required": ["title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "line": {"type": "integer"},
        "column": {"type": "integer"},
        "parameter": {"type": "string"},
    },
}


EVIDENCE = "1 for the words that each row rests on: columns of CSV, `columns`, `rows` and `receipts` of JSON"


def _canned(query: CannedQuery) -> dict[str, Any]:
    asked = form(query.text)
    formats = GRAPHS if asked in ("CONSTRUCT", "DESCRIBE") else SHEETS
    chosen = {
        "name": "format",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "enum": [FORMATS[name].suffix[1:] for name in formats]},
    }
    return {
        "operationId": query.name,
        "summary": query.summary,
        **({"description": query.description} if query.description else {}),
        "tags": list(query.tags[:1]) or ["other"],
        "parameters": [
            chosen,
            *(_parameter(parameter) for parameter in query.parameters),
            *([_query_parameter("evidence", EVIDENCE, enum=["0", "1"])] if asked == "SELECT" else ()),
        ],
        "responses": _responses(formats, (400, 404, 406, 422, 503, 504)),
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    datatype = DATATYPES.get(parameter.kind)
    schema = dict(datatype.json) if datatype else {"type": "string"}
    takes = "a slug, a name or an IRI" if parameter.kind == "iri" else "a text"
    takes = datatype.expected if datatype else takes
    default = parameter.default.value if parameter.default is not None else None
    said = f"{parameter.help} ({takes})" + ("" if default is None else f"; {default} where it is left out")
    return {"name": parameter.name, "in": "query", "required": False, "description": said, "schema": schema}


def _query_parameter(name: str, description: str, required: bool = False, **schema: Any) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": required,
        "description": description,
        "schema": {"type": "string", **schema},
    }


_GRAPHS = [
    {**_query_parameter(name, description), "schema": {"type": "array", "items": {"type": "string", "format": "iri"}}}
    for name, description in (
        ("default-graph-uri", "a graph of the default graph that is asked"),
        ("named-graph-uri", "a named graph that is asked"),
    )
]


def _sparql_get() -> dict[str, Any]:
    return {
        "operationId": "sparql",
        "summary": "Any SPARQL 1.1 query; without one, the endpoint's description",
        "tags": ["SPARQL"],
        "parameters": [_query_parameter("query", "a SPARQL 1.1 query"), *_GRAPHS],
        "responses": _responses((*TABLES, *GRAPHS, "html"), (400, 403, 406, 422, 503, 504)),
    }


def _sparql_post() -> dict[str, Any]:
    form_ = {"type": "object", "required": ["query"], "properties": {"query": {"type": "string"}}}
    return {
        "operationId": "sparql-post",
        "summary": "Any SPARQL 1.1 query, in the body",
        "tags": ["SPARQL"],
        "parameters": _GRAPHS,
        "requestBody": {
            "required": True,
            "content": {
                "application/sparql-query": {"schema": {"type": "string", "minLength": 1}},
                "application/x-www-form-urlencoded": {"schema": form_},
            },
        },
        "responses": _responses((*TABLES, *GRAPHS, "html"), (400, 403, 406, 413, 415, 422, 503, 504)),
    }


def _entity() -> dict[str, Any]:
    slug = {"name": "slug", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
    return {
        "operationId": "entity",
        "summary": "What the graph says of a thing: 303 to a document in the format that Accept likes",
        "tags": ["Linked data"],
        "parameters": [slug],
        "responses": {"303": {"description": "See the document"}, **_responses(DOCUMENTS, (404, 406))},
    }


def _search() -> dict[str, Any]:
    return {
        "operationId": "search",
        "summary": "Things by name and by the words that speak of them, questions and terms that have these words",
        "tags": ["Search"],
        "parameters": [
            _query_parameter("q", "what to search for"),
            _query_parameter("type", "the IRI of a class"),
            {
                **_query_parameter("limit", "how many at most"),
                "schema": {"type": "integer", "minimum": 0, "maximum": 100},
            },
            {
                **_query_parameter("offset", "how many to skip"),
                "schema": {"type": "integer", "minimum": 0, "maximum": 10000},
            },
        ],
        "responses": _responses(("json", "html"), (400, 406)),
    }


def _get(summary: str, formats: Iterable[str], name: str) -> dict[str, Any]:
    return {"operationId": name, "summary": summary, "tags": ["Dataset"], "responses": _responses(formats, (406,))}


def _responses(formats: Iterable[str], problems: Iterable[int]) -> dict[str, Any]:
    types = [
        t for name in formats for t in (FORMATS[name].media_type, *(["application/json"] if name == "json" else []))
    ]
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    page = {"schema": {"type": "string"}}
    return {
        "200": {"description": "The answer", "content": {type_: {} for type_ in types}},
        **{
            str(status): {
                "description": _WORDS[status],
                "content": {"application/problem+json": problem, "text/html": page},
            }
            for status in problems
        },
    }


_WORDS = {
    400: "The query or a parameter is wrong",
    403: "Updates and federated queries are refused",
    404: "There is no such thing",
    406: "No format that Accept takes is offered",
    413: "The body is too large",
    415: "The body is of a type that is not read",
    422: "The answer is larger than the limits allow",
    503: "No worker is free, or the query needs too much memory",
    504: "The query took longer than it may",
}
