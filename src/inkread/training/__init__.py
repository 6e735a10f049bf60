"""Training: data, augmentation, network, loop, export and card. The only part with torch."""
