"""Side-by-side measurements, each a script that prints one table."""
