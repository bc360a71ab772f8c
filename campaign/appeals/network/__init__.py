"""The network: who asked to be told of urgent actions, by which wishes, and what goes out to them."""
