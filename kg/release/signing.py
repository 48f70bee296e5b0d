"""Signing: a release signed with minisign, so that a copy found anywhere is known to be its publisher's.

What is signed is the list of its files (`kg.release.sums`), so `minisign -V` and `sha256sum -c` check it without kg.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path

import minisign

from kg.errors import QueryError, StoreError
from kg.release.sums import SIGNATURE, SUMS, check_sums


def make_key(file: Path, password: str) -> str:
    """Make a key pair: the secret key in a file, locked with a password, the public one beside it; the text of that.

    QueryError where a file is there already or cannot be written.
    """
    if not password:
        raise QueryError("a key needs a password")
    pair = minisign.KeyPair.generate()
    try:
        for path in (file, Path(f"{file}.pub")):
            if path.exists():
                raise QueryError(f"{path}: is there already; name a file that is not there yet")
        with pair.secret_key as secret:
            secret.encrypt(password)
            with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
                out.write(bytes(secret) + b"\n")
        with Path(f"{file}.pub").open("xb") as out:
            out.write(bytes(pair.public_key) + b"\n")
    except OSError as error:
        raise QueryError(f"{error.filename}: {error.strerror}; name a file that is not there yet") from None
    return bytes(pair.public_key).decode().split("\n")[1]


def sign(release: Path, key: Path, password: Callable[[], str]) -> str:
    """Sign the list of a release with a secret key of minisign; the comment that is signed with it.

    The password is asked for where the key has one.

    StoreError where the release is not as it was written, QueryError where the key cannot be used.
    """
    if faults := check_sums(release).faults:
        raise StoreError(f"{release}: cannot be signed: {faults[0]}; run `kg build`")
    try:
        with minisign.SecretKey.from_file(key) as secret:
            if secret.is_encrypted():
                secret.decrypt(password())
            comment = f"kg release {release.name}, {time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())}"
            signature = secret.sign((release / SUMS).read_bytes(), trusted_comment=comment)
    except (OSError, minisign.Error) as error:
        raise QueryError(f"{key}: cannot sign with this key: {error}") from None
    (release / SIGNATURE).write_bytes(bytes(signature) + b"\n")
    return comment


def signed_by(release: Path, key: str) -> str:
    """The comment of a signature that a public key bears out, a file or its text; QueryError where it does not."""
    try:
        public = minisign.PublicKey.from_file(key) if Path(key).is_file() else minisign.PublicKey.from_base64(key)
    except (OSError, ValueError, minisign.Error):
        raise QueryError(
            f"{key}: is not a public key of minisign; give its file, or its text that begins with RW"
        ) from None
    try:
        signature = minisign.Signature.from_file(release / SIGNATURE)
        public.verify((release / SUMS).read_bytes(), signature)
    except FileNotFoundError:
        raise QueryError(f"{release}: is not signed") from None
    except (OSError, ValueError, minisign.Error):
        raise QueryError(f"{release / SIGNATURE}: is not a signature of this release by that key") from None
    return str(signature.trusted_comment)
