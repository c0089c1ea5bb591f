{ services.bar.threads = 5; }
