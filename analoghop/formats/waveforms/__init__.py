"""Files of waveforms: `.raw`, `.csv` and `.npz`."""
