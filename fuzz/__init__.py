"""Fuzzers: texts and files made at random, which must end in an answer or in an error of ours."""
