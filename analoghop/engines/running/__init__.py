"""What every run shares: limits, the members that are left, and how runs end."""
