"""Answers about one person, and what people ask of everybody: which briefs and notices are wanted."""
