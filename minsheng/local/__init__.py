"""Everything a bare machine needs to run one installation: PostgreSQL, Kafka, the service programs and who watches them."""

from minsheng.local.errors import CannotStart, NotRunning
from minsheng.local.installation import LocalInstallation
from minsheng.local.program import Program
from minsheng.local.view import Installation

__all__ = ["CannotStart", "Installation", "LocalInstallation", "NotRunning", "Program"]
