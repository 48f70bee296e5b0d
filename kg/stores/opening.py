"""Opening: what answers for a release, its own database or an endpoint."""

from kg.release.reader import Release
from kg.stores import embedded
from kg.stores.base import Endpoint, Store


def open_store(release: Release, endpoint: Endpoint | None = None) -> Store:
    """What answers for a release: the endpoint, or else its own database; StoreError where that is damaged."""
    if endpoint is None:
        return embedded.open_store(release)
    from kg.stores.remote import Remote  # loads httpx, which the embedded one does without

    return Remote(endpoint, release.manifest["base"])
