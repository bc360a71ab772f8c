"""What runs in the background, and when; `python -m campaign.jobs` is a worker."""
