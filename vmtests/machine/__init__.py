"""The container machine: a Debian root whose systemd boots in fresh namespaces, driven like a NixOS test."""
