"""Spreadsheets of applications -> an atlas, every row accounted for, nobody's name in it."""
