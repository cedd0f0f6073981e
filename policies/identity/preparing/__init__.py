"""From people as lists write them to keys they are compared by; see :func:`prepare`."""

from policies.identity.preparing.prepare import prepare

__all__ = ["prepare"]
