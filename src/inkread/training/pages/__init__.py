"""Training of the page network: pages that we write ourselves, and what is learned from them."""
