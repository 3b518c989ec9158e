"""Problems that circuits solve: instances, the circuits that encode them, and the way back to an answer."""
