"""Spreadsheets made of what is known, as offices would write it: each comes back with the truth.

`words` is what offices write, `content` what a list says, `layout` how it stands in a sheet,
`office` puts these together, `trial` reads a list and holds it against what was written.
`python -m benchmarks.lists` makes 10,000 and reads them.
"""
