"""Tests of the enforcement point: real files, real ledger, real processes."""
