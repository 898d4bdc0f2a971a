"""Channel preference: how much each customer likes to do business by phone, SMS, online and in the hall."""
