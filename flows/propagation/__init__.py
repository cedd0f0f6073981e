"""Carrying stops to the other systems of the house: what must still go there, and what went."""
