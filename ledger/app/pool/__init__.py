"""Working trees for seats: leased, claimed with a ticket, given back, rescued. Never loses a line."""
