"""Messages to customers: the interface every SMS gateway fits, and the one that writes them to a file.

The file gateway is for demonstrations, tests and firms whose gateway picks files up; an HTTP or SMPP gateway is one
more class with the same method.
"""

from yuelao.connectors.messaging.file_gateway import FileGateway
from yuelao.connectors.messaging.gateway import Gateway, ShortMessage

__all__ = ["FileGateway", "Gateway", "ShortMessage"]
