"""What a feed ought to be, held against what it is: check, drift, and the repairs that decide nothing.."""
