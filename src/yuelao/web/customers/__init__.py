"""Customers: finding one, and why each campaign chose them or not, and why nobody is calling."""
