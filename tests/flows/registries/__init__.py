"""Tests of do-not-call registries."""
