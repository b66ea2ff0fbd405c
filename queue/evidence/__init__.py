"""What refusals and reports say about numbers, SIMs and networks: tables and rules, pure."""
