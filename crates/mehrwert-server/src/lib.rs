//! HTTP: the tracking API, webhooks and what an operator asks of a server.
