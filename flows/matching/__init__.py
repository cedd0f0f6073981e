"""Matching people in any table, and fitting a model to labelled ones: files in, files out, no workspace needed."""
