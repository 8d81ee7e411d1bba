"""Spreadsheets of applications -> an atlas: `geo.intake.walk.intake` is where it begins."""
