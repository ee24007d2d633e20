"""Boards of those who want to be seen: who sorts here, how much, and what they made last."""
