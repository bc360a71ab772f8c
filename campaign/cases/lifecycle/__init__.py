"""Opening, closing, stopping and extending an action."""
