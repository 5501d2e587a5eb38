"""`python -m minsheng` is the command `minsheng`."""

from minsheng.cli import main

main()
