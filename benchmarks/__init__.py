"""What the README claims about speed, as ratios measured side by side in one run."""
