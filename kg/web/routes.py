"""Routes: which handler answers each address."""

from kg.web import operations
from kg.web.linked_data import (
    compare,
    context,
    dataset,
    described,
    download,
    explore,
    fact,
    graph,
    home,
    release,
    rows_of,
    shapes,
    source,
    thing,
    timeline,
)
from kg.web.queries import find, queries, query, sparql
from kg.web.request import Handler

# Addresses, as Starlette reads them, and what answers them. A handler gets the name in the path, or the whole path.
ROUTES: dict[str, Handler] = {
    "/": home,
    "/id/{name}": thing,
    "/fact/{name}": fact,
    "/source/{name}": source,
    "/source/{name:path}": rows_of,
    "/ontology": described,
    "/ontology.{suffix}": described,
    "/curators": described,
    "/curators.{suffix}": described,
    "/context.jsonld": context,
    "/shapes": shapes,
    "/shapes.{suffix}": shapes,
    "/graph/{name}": graph,
    "/dataset": dataset,
    "/dataset.{suffix}": dataset,
    "/.well-known/void": dataset,
    "/.well-known/sparql-examples": operations.examples,
    "/downloads/{name}": download,
    "/release/{name:path}": release,
    "/releases.atom": operations.feed,
    "/sparql": sparql,
    "/query": queries,
    "/query.{suffix}": queries,
    "/query/{name}": query,
    "/timeline": timeline,
    "/timeline/{name}": timeline,
    "/explore": explore,
    "/compare": compare,
    "/search": find,
    "/reconcile": operations.reconcile,
    "/reconcile/suggest/{name}": operations.suggest,
    "/reconcile/flyout/{name}": operations.flyout,
    "/reconcile/properties": operations.properties,
    "/reconcile/preview": operations.preview,
    "/openapi.json": operations.api,
    "/changes": operations.changes,
    "/changes.{suffix}": operations.changes,
    "/validation": operations.validation,
    "/validation.{suffix}": operations.validation,
    "/sitemap.xml": operations.site_map,
    "/robots.txt": operations.robots,
    "/health": operations.health,
    "/favicon.ico": operations.icon,
    "/static/{name:path}": operations.static,
}


POST = (sparql, operations.reconcile)
