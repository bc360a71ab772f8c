"""Webhooks: rooms elsewhere (Matrix, Slack, Mattermost) that are told when something needs somebody.

What goes there says only that, and of which kind: no case, name, official, country or number. The room is elsewhere,
and nobody here knows who reads along.
"""
