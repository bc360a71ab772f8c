"""The office: who works here, what each may do, and proof of what was done. The rooms of work stand on it."""
