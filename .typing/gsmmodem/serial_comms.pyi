import threading
from collections.abc import Callable

class SerialComms:
    alive: bool
    port: str
    baudrate: int
    rtscts: bool
    notifyCallback: Callable[[list[str]], None]
    fatalErrorCallback: Callable[[Exception], None]
    _txLock: threading.RLock
    def __init__(
        self,
        port: str,
        baudrate: int = ...,
        notifyCallbackFunc: Callable[[list[str]], None] | None = ...,
        fatalErrorCallbackFunc: Callable[[Exception], None] | None = ...,
        xonxoff: bool = ...,
        dsrdtr: bool = ...,
        rtscts: bool = ...,
        *args: object,
        **kwargs: object,
    ) -> None: ...
    def connect(self) -> None: ...
    def close(self) -> None: ...
    def write(
        self,
        data: str,
        waitForResponse: bool = ...,
        timeout: float = ...,
        expectedResponseTermSeq: str | None = ...,
    ) -> list[str] | None: ...
