{ config.services.bar = { threads = 5; pool = { }; }; }
