"""Signature sheets, and names that come back on paper."""
