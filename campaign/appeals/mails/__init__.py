"""E-mails to people who signed."""
