"""The drawing of record sleeves: lettering, palettes and compositions."""
