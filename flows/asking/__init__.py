"""Answers about one person."""
