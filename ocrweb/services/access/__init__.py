"""Who may open the console, and what they may fetch from it: logins, the brake on guesses, keys of addresses."""
