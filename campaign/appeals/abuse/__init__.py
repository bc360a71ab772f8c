"""Rate limits, the protection of forms, and where requests come from."""
