"""A supporter's own letter: its channels, its files, and by when it is to be posted."""
