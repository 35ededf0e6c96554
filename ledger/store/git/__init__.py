"""Git as processes and objects: repositories, objects, refs, working trees.

Every process of git starts here. Knows no post.
"""
