"""The four measures of relief, precise, efficient, warm, smart: each a formula in configuration over what is counted (B19)."""

from services.linkage.kpis.catalogue import BadFormula, Kpi, Kpis, KpiTerm, kpis, load
from services.linkage.kpis.counting import KpiFigure, figure_of

__all__ = ["BadFormula", "Kpi", "KpiFigure", "KpiTerm", "Kpis", "figure_of", "kpis", "load"]
