"""Tests of the decision point: frames in, frames out."""
