"""What is fast, measured: `make bench` prints the design's budgets beside the figures."""
