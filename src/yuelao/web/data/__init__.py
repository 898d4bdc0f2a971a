"""The analyst's page: can this data and this model be trusted?"""
