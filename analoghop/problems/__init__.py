"""Problems that circuits solve: instances, the circuits that encode them, and the decoding of answers."""
