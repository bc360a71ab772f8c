"""Who may sign, and how: addresses, names, consent, links. The ground floor of `appeals`."""
