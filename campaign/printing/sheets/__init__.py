"""Prints of one or a few sheets: letters, envelopes, labels, bulletins, posters."""
