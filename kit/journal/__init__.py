"""All that was said, in one table, and the views folded from it: live, behind, rebuilt, and for a point in time."""
