"""The organisers' board: what is due, and the next step of each action."""
