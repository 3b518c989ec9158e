"""Computing a study: chunks of points, workers, and the loop that stores what they return."""
