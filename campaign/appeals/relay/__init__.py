"""Letters that we send for supporters: requests, queue, pacing, bounces, post runs."""
