"""One module a deed of a seat: what it asks of the loop that writes, and what it answers."""
