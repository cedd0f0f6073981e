"""Lists of digests: MD5, SHA-1 and SHA-256 in every spelling, declared and undeclared."""

from __future__ import annotations

from typing import Final

from tests.flows.optout_lists.model import OptOutList, digest

__all__ = ["HASHES"]

_ANN, _BEN, _CEM = "Ann.Adler@acme.example", "ben@bolt.example", "cem@corax.example"
_LOWER = {kind: [digest(kind, text.lower()) for text in (_ANN, _BEN)] for kind in ("md5", "sha1", "sha256", "sha512")}
_VECTOR = digest("md5", "someone@example.com")

HASHES: Final = (
    OptOutList("MD5 of the lower-cased address", "\n".join(_LOWER["md5"]) + "\n", "ann ben", name="optizmo.txt"),
    OptOutList("MD5 with the case kept", f"{digest('md5', _ANN)}\n{digest('md5', _BEN)}\n", "ann ben"),
    OptOutList("digits in capitals", "md5\n" + "\n".join(text.upper() for text in _LOWER["md5"]) + "\n", "ann ben"),
    OptOutList("digests with their name", f"md5:{_LOWER['md5'][0]}\nMD5 = {_LOWER['md5'][1]}\n", "ann ben"),
    OptOutList("names in brackets", f"{{SHA1}}{_LOWER['sha1'][0]}\n{{SHA1}}{_LOWER['sha1'][1]}\n", "ann ben"),
    OptOutList("SHA-1", "hash\n" + "\n".join(_LOWER["sha1"]) + "\n", "ann ben"),
    OptOutList("SHA-256 under e-mail", "Email\n" + "\n".join(_LOWER["sha256"]) + "\n", "ann ben"),
    OptOutList("of three kinds", f"{_LOWER['md5'][0]}\n{_LOWER['sha256'][1]}\n{digest('sha1', _CEM)}\n", "ann ben cem"),
    OptOutList("digests of numbers", f"sha256\n{digest('sha256', '+442079460103')}\n", "cem"),
    OptOutList(
        "SHA-512 among others", "hash\n" + "\n".join([_LOWER["md5"][0], _LOWER["sha512"][1]]) + "\n", "ann", rejects=1
    ),
    OptOutList(
        "SHA-512 alone",
        "hash\n" + "\n".join(_LOWER["sha512"]) + "\n",
        rejects=2,
        quarantined="nobody_recognised",
    ),
    OptOutList(
        "a declared normalisation that holds",
        f"# normalisation: trim_lower_case\n# test vector: Someone@example.com = {_VECTOR}\n"
        + "\n".join(_LOWER["md5"]),
        "ann ben",
    ),
    OptOutList(
        "one that does not hold",
        f"md5,normalisation\n{_LOWER['md5'][0]},as_received\n{digest('md5', _BEN)},as_received\n",
        "ann ben",
        quarantined="normalisation_mismatch",
        sidecar=(
            f'normalisation = "as_received"\n[test_vector]\naddress = "Someone@Example.com"\ndigest = "{_VECTOR}"\n'
        ),
    ),
    OptOutList(
        "mailboxes without their tags and dots",
        f"{digest('md5', 'ivy@iris.example')}\n{digest('sha256', 'halhart@gmail.com')}\n",
        "hal ivy",
    ),
    OptOutList(
        "declared beside the file",
        "\n".join(_LOWER["md5"]) + "\n",
        "ann ben",
        sidecar=(
            f'normalisation = "lower_case"\n[test_vector]\naddress = "Someone@Example.com"\ndigest = "{_VECTOR}"\n'
        ),
    ),
    OptOutList(
        "a vector among the rows",
        f"email,md5\nSomeone@example.com,{digest('md5', 'salt' + 'Someone@example.com')}\n,{_LOWER['md5'][0]}\n",
        "ann",
        quarantined="normalisation_mismatch",
    ),
    OptOutList("digests beside addresses", f"email_md5,reason\n{_LOWER['md5'][1]},unsub\n", "ben"),
    OptOutList("as md5sum prints them", f"{_LOWER['md5'][0]}  -\n{_LOWER['md5'][1]}  -\n", "ann ben"),
)
