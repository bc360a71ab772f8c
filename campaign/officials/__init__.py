"""The directory of officials: entries, validation, CSV, duplicates, and what a channel is."""
