"""What is wrong with a household's chain: one module per kind. Conditions are pure; `timeline` turns them into findings with a since and an until."""
