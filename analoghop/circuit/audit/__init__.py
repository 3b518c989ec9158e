"""The audit of a run against its deck: Kirchhoff's laws evaluated from the elements themselves."""
