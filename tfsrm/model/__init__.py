"""The nouns: what Terraform says (world), what we know (catalog), what we conclude (checklist)."""
