"""Sign-in: passwords, known devices, and the number of attempts."""
