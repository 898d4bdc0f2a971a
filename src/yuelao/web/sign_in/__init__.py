"""Coming and going: sign in, sign out, the language of the screens."""
