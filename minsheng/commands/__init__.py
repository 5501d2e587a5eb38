"""One module for each group of commands; `minsheng.cli` lists them."""
