"""The supporter's pages: reading, signing, confirming, printing."""
