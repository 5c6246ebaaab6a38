"""Payments' relay: brings its facts to the workflows."""

from chassis.relay import run_relay
from services.payments.settings import Settings

if __name__ == "__main__":
    run_relay(Settings())
