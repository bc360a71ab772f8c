"""Tallies of signatures and of reported letters."""
