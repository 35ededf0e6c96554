"""Git and disk: the only room that reads repositories, writes objects and swaps refs."""
