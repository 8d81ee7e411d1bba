"""What is promised, attacked: `make attack` prints what held beside what must hold."""
