"""Tickets of other trackers that come in: what was imported before stays as it is."""
