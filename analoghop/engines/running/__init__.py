"""Parts that all ensemble runs share: options, the pool of members, waveforms and results."""
