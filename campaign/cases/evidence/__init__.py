"""Sources, dated figures, their conflicts and corrections, and where they are used."""
