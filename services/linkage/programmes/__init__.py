"""The district's programmes as data: what each counts, what the bureau's report said, and how far the log bears it out."""

from services.linkage.programmes.catalogue import Catalogue, Comparator, FigureSpec, Have, Line, Programme
from services.linkage.programmes.figures import Figure, counting, figure_of, tiles

__all__ = ["Catalogue", "Comparator", "Figure", "FigureSpec", "Have", "Line", "Programme", "counting", "figure_of", "tiles"]
