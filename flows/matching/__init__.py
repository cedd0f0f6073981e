"""People in any table: which rows are one person, and a model fitted to those of whom it is known.

Files in, files out. Who is who in a workspace stands in :mod:`flows.who_is_who`; of it only what people said about its
records is read here, as labels to fit a model to.
"""
