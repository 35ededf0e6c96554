"""What a post means. Pure: no file, clock, environment, process, random number or print."""
