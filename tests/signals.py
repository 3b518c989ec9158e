"""What processes that are started by tests do at signals."""

import signal


def hear_ctrl_c() -> None:
    """Obey Ctrl-C, which a job in the background of a shell ignores: for `preexec_fn`."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
