"""Yardstick: oslo.messaging's own notification listener, as Ceilometer and the like use it. Arguments: port, topic."""
import sys

import oslo_messaging
from oslo_config import cfg

PORT, TOPIC = sys.argv[1:3]


class Endpoint:
    def info(self, context, publisher, event, payload, metadata):
        data = payload.get("nova_object.data", payload)
        if data.get("host") == "bench-host":
            print("ours")

    error = info


conf = cfg.ConfigOpts()
conf([])
transport = oslo_messaging.get_notification_transport(conf, url="rabbit://openstack:secret@127.0.0.1:%s/" % PORT)
conf.set_override("rabbit_qos_prefetch_count", 300, group="oslo_messaging_rabbit")
server = oslo_messaging.get_notification_listener(
    transport, [oslo_messaging.Target(topic=TOPIC, exchange="nova")], [Endpoint()], executor="threading", pool="yardstick")
server.start()
print("consuming", flush=True)
server.wait()
