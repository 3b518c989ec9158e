"""Satisfiability of formulas in conjunctive normal form."""
