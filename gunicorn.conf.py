"""How gunicorn serves the help desk; it reads this file by itself from the folder of `app.py`."""

import gc
from typing import Any

worker_class = "gthread"
threads = 2  # more a worker lose throughput to each other and raise the slowest answers
workers = 2
preload_app = True  # workers share the memory of the code
control_socket_disable = True
loglevel = "warning"

# The most it can, so that an address which is too long is told so by our own page.
limit_request_line = 8190


def when_ready(server: Any) -> None:
    """Before the workers are forked: take along no open file of the queue, and no rubbish."""
    queue = server.app.wsgi().extensions.get("huey")
    if queue is not None:
        queue.storage.close()
    gc.collect()
    gc.freeze()
