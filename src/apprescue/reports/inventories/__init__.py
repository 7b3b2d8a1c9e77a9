"""What the app is made of, one file per inventory."""
