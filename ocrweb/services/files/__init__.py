"""What lands on the disk for people: output folders, short-lived files, reports of failures."""
