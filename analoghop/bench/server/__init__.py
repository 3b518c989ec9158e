"""The server of the bench: on this machine only, by the standard library alone."""
