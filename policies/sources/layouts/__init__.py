"""Layouts: the exports of known products, as data; recognised by their headers and read by what is known of them."""

from policies.sources.layouts.model import Layout, Section
from policies.sources.layouts.parsing import LAYOUT_TABLES, is_layout_file, parse_layouts
from policies.sources.layouts.preparing import marked_rows, prepared_rows
from policies.sources.layouts.recognising import header_key, is_footer, meanings, recognise, section_at, title_of

__all__ = [
    "LAYOUT_TABLES",
    "Layout",
    "Section",
    "header_key",
    "is_footer",
    "is_layout_file",
    "marked_rows",
    "meanings",
    "parse_layouts",
    "prepared_rows",
    "recognise",
    "section_at",
    "title_of",
]
