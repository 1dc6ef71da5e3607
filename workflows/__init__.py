"""The waiting: for people and for deadlines. No rule of the programme stands here."""
