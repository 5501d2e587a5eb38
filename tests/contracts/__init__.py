"""What the published language keeps to."""
