"""What curators write with: passages found by words as remembered, records put into files that stay as they are."""
