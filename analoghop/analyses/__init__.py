"""Analyses at a standstill, as circuit simulators have them: `.dc`, `.ac` and `.noise`.

They stand above `plotting`, since their results draw themselves.
"""
