"""The stories of the year, one module a kind. Each tells its steps into the diary; none knows another."""
