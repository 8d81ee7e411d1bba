"""Sheets -> vector plates for print, drawn by matplotlib."""
