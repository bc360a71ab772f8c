"""What is checked before an action opens, the checks, and the approval of a second person."""
