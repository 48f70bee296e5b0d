"""Opening: what answers for a release, its own database or an endpoint."""

from kg.release.reader import Release
from kg.stores import embedded
from kg.stores.base import Endpoint, Store


def open_store(release: Release, endpoint: Endpoint | None = None) -> Store:
    """What answers for a release: the endpoint, or else its own database.

    StoreError where the database is damaged, or the endpoint does not hold this release.
    """
    if endpoint is None:
        return embedded.open_store(release)
    from kg.stores.remote import Remote  # loads httpx, which the embedded one does without

    remote = Remote(endpoint, release.manifest["base"])
    remote.refuse_others(release)
    return remote
