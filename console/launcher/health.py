"""`python -m console.launcher.health [port]`: exit code 0 when the web server of this machine is healthy."""

import http.client
import os
import sys

HOST = "127.0.0.1"


def is_healthy(port: int) -> bool:
    """Whether `/healthz` answers 200; asked under a name that SLIPWAY_ALLOWED_HOSTS allows."""
    name = os.environ.get("SLIPWAY_ALLOWED_HOSTS", "").partition(",")[0].strip() or HOST
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": name})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_healthy(int(sys.argv[1]) if len(sys.argv) > 1 else 8000) else 1)
