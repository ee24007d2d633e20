"""Sign-in, sessions and connections to Spotify."""

import warnings

from authlib.deprecate import AuthlibDeprecationWarning

# Authlib prefers httpx2; this project stays on httpx, and an operator can do nothing about the warning.
warnings.filterwarnings("ignore", "The httpx module is deprecated", AuthlibDeprecationWarning)
