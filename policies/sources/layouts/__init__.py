"""Layouts: the exports of known products, as data; recognised by their headers and read by what is known of them."""

from policies.sources.layouts.model import Layout, Section

__all__ = ["Layout", "Section"]
