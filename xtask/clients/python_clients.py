"""Sends events through the clients of Segment, RudderStack and PostHog as their documentation says, and waits until each
has delivered them. Arguments: which client, the server's address, the key, how many events."""

import sys


def segment(host, key, count):
    import segment.analytics as analytics

    analytics.write_key, analytics.host, analytics.gzip = key, host, True
    analytics.on_error = lambda error, _: sys.exit(f"segment: {error}")
    for number in range(count):
        analytics.track(f"python-{number}", "Quote Requested", {"number": number})
    analytics.shutdown()


def rudder(host, key, count):
    import rudderstack.analytics as analytics

    analytics.write_key, analytics.dataPlaneUrl = key, host
    analytics.on_error = lambda error, _: sys.exit(f"rudder: {error}")
    for number in range(count):
        analytics.track(f"rudder-{number}", "Quote Requested", {"number": number})
    analytics.shutdown()


def posthog(host, key, count):
    from posthog import Posthog

    client = Posthog(key, host=host, on_error=lambda error, _: sys.exit(f"posthog: {error}"))
    for number in range(count):
        client.capture("Quote Requested", distinct_id=f"posthog-{number}", properties={"number": number})
    client.shutdown()


if __name__ == "__main__":
    name, host, key, count = sys.argv[1:]
    {"segment": segment, "rudder": rudder, "posthog": posthog}[name](host, key, int(count))
