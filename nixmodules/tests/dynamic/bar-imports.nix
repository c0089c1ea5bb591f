{ config.services.bar.threads = 5; imports = [ ]; }
