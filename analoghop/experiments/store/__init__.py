"""Where the results of a study are kept: one SQLite file, and waveforms beside it."""
