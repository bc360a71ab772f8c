"""Drafts, texts, sample letters, recipients, versions and previews."""
