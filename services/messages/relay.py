"""Messages' relay: brings its facts to the workflows."""

from chassis.relay import run_relay
from services.messages.settings import Settings

if __name__ == "__main__":
    run_relay(Settings())
