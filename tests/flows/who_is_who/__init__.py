"""Tests of who is who in a workspace."""
