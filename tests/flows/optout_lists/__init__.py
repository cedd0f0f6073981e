"""Opt-out files as people and programs make them, each with whom it must stop and whom it must leave alone."""
