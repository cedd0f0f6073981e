"""The words that names, mailboxes and companies are read by, as they come with the package."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.policies.rulebooks import base

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["base_words"]


def base_words() -> Mapping[str, Any]:
    """``lists``, ``legal_forms`` and ``identity`` of the rule data."""
    return base().settings
