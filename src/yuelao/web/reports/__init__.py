"""Results: what each campaign changed, against its control group."""
