"""One module per change of the schema; each is frozen once released."""
