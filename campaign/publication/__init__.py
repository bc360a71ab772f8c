"""What is public about an action: read once, as frozen values in one language, for page, print, mail and JSON."""
