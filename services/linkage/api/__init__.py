"""What front-ends read: routes, their answers, and who may see them.

Modules with routes evaluate their annotations (no `from __future__ import annotations`): their dependencies live in a closure.
"""
