"""Invented briefs, good and bad, to try the lint with."""
