"""A fleet of nine seats at work for a day, as a repository: what pictures and tests of pages look at."""
