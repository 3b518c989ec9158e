"""The verbs about the installation: what there is, and what ships with it."""
