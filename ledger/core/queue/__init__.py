"""What a seat may take, and when its turn may end.

In: a board and a seat. Out: ranked tickets, reasons, words for agents. Decides nothing for the seat.
"""
