"""What every outside service needs: pacing, retries, errors."""
