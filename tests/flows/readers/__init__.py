"""Readers: what real files do to a reader, and what it makes of them."""
