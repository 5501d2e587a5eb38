"""Signs of life of devices (设备心跳): some two million a day, so they are no events. Kafka carries them, one row a device keeps the last.

`reporting` takes them at the API, `topic` brings them to Kafka, `folding` keeps the last of each device, `watching` tells who is silent.
Only a silence and its end are facts of the log. What is kept here can be lost: the next heartbeats and the log bring it back.
"""
