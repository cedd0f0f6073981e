"""The enforcement point of Tactful: the only package with effects (files, clock, database, Prefect)."""
