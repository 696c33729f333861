"""The tutorial and the manual, shown by the console itself: they are at hand where there is no internet."""
