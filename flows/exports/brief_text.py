"""The text of a brief as HTML: paragraphs, lists, emphasis and links of Markdown, everything else as it is written.

Briefs come from outside. The parser starts from nothing and knows neither HTML nor images; links lead to web addresses
alone, and whatever else a text holds is escaped.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token
    from markupsafe import Markup

__all__ = ["as_html_text"]

_KNOWN: Final = ("list", "newline", "escape", "emphasis", "link", "autolink")
_WEB: Final = ("https://", "http://")
# A bare address, as evidence is written: "2026-09-16: what it shows (https://...)". It may hold pairs of brackets.
_BARE: Final = re.compile(r"(?<![<\[\w/])(?<!\]\()(https?://(?:[^\s<>()\[\]\"']|\([^\s<>()]*\))+)")
_BEHIND: Final = ".,;:!?*_"


def as_html_text(text: str) -> Markup:
    """The text as HTML that is safe to stand in a page; addresses of the web are links, told in full."""
    from markupsafe import Markup

    return Markup(_parser().render(_BARE.sub(_linked, text)))  # noqa: S704 (the parser escapes what it does not know)


def _linked(found: re.Match[str]) -> str:
    address = found[1].rstrip(_BEHIND)
    return f"<{address}>{found[1][len(address) :]}"


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("zero", {"html": False, "linkify": False}).enable(list(_KNOWN))
    parser.add_render_rule("link_open", _link_open)
    parser.validateLink = _is_web  # type: ignore[assignment,method-assign]  # as the library wants it
    return parser


def _is_web(address: str) -> bool:
    return address.lower().startswith(_WEB)


def _link_open(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: object, _: object) -> str:
    """A link under words of its own is marked, so that paper can show where it leads."""
    if tokens[index].info != "auto":
        tokens[index].attrSet("class", "named")
    return renderer.renderToken(tokens, index, options, {})  # type: ignore[arg-type]  # options as the library gives them
