"""The office's view of signatures: table, statistics, moderation, screening, removal."""
