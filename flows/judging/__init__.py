"""A human's word on who is the same person: doubtful matches to look at, and the answers, kept for good."""

from __future__ import annotations

from flows.judging.reviewing import Doubt, doubts
from flows.judging.saying import Answer, say

__all__ = ["Answer", "Doubt", "doubts", "say"]
