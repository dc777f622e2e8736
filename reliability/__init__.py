"""What happens to photos under hostile input, faults and load."""
