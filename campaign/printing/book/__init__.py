"""The dossier as a printed book: pages of names in volumes, printed by several processes."""
