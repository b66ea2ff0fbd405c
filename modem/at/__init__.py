"""The AT dialogue with one modem: bytes to lines to events, the transport, the driver."""
