"""What is fast and what is not, always as a ratio to a yardstick measured in the same run."""
