"""Answers each line in capitals, one client at a time: a server small enough for a test."""

import socket

with socket.create_server(("127.0.0.1", 6379)) as listener:
    print("listening on 127.0.0.1:6379")
    number = 0
    try:
        while True:
            client, (host, port) = listener.accept()
            number += 1
            print(f"client {number} from {host}:{port}")
            with client, client.makefile("rw") as lines:
                for line in lines:
                    print(f"client {number} said {line.strip()}")
                    lines.write(line.upper())
                    lines.flush()
            print(f"client {number} has left")
    except KeyboardInterrupt:
        print("stopped")
