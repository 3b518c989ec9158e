"""Files in and out: plain records, exact round trips, whole files or none."""
