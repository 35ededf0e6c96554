"""The index: what the posts of a feed add up to, kept between commands, so that each folds what is new."""
