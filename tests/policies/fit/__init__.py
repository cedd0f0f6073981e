"""Tests of who is a target."""
