# Options of many services, each with three values, some of which make conditions flip. By service, with its units.
{
  # With health checks, by its preset.
  distccd = {
    units = [ "distccd.service" ];
    values = {
      "services.distccd.allowedClients" = [ [ "127.0.0.1" ] [ "10.0.0.0/8" ] [ "::1" ] ];
      "services.distccd.jobTimeout" = [ null 1 900 ];
      "services.distccd.logLevel" = [ "debug" "warning" "error" ];
      "services.distccd.maxJobs" = [ null 1 12 ];
      "services.distccd.nice" = [ null 1 19 ];
      "services.distccd.stats.enable" = [ true false true ];
      "services.distccd.zeroconf" = [ true false true ];
    };
  };
  nginx = {
    units = [ "nginx.service" ];
    values = {
      "services.nginx.appendConfig" = [ "worker_processes 2;" "" "daemon off;" ];
      "services.nginx.appendHttpConfig" = [ "keepalive_timeout 5;" "" "types_hash_max_size 64;" ];
      "services.nginx.clientMaxBodySize" = [ "1m" "64m" "0" ];
      "services.nginx.commonHttpConfig" = [ "sendfile on;" "" "tcp_nopush on;" ];
      "services.nginx.eventsConfig" = [ "worker_connections 9;" "" "multi_accept on;" ];
      "services.nginx.recommendedGzipSettings" = [ true false true ];
      "services.nginx.recommendedOptimisation" = [ true false true ];
      "services.nginx.recommendedProxySettings" = [ true false true ];
      "services.nginx.recommendedTlsSettings" = [ true false true ];
      "services.nginx.serverTokens" = [ true false true ];
      "services.nginx.sslProtocols" = [ "TLSv1.3" "TLSv1.2" "" ];
      "services.nginx.virtualHosts" = [ { } { a.root = "/a"; } { b.root = "/b"; } ];
    };
  };
  postgresql = {
    units = [ "postgresql.service" ];
    values = {
      "services.postgresql.authentication" = [ "" "local all all peer" "host all all ::1/128 md5" ];
      "services.postgresql.enableTCPIP" = [ true false true ];
      "services.postgresql.extraConfig" = [ "work_mem = 8MB" "" "jit = off" ];
      "services.postgresql.identMap" = [ "" "a b c" "d e f" ];
      "services.postgresql.port" = [ 5433 5432 1 ];
    };
  };
  redis = {
    units = [ "redis.service" ];
    values = {
      "services.redis.appendOnly" = [ true false true ];
      "services.redis.databases" = [ 1 16 99 ];
      "services.redis.logLevel" = [ "debug" "notice" "warning" ];
      "services.redis.port" = [ 6380 6379 0 ];
      # An assertion refuses both at once.
      "services.redis.requirePass" = [ null null null ];
      "services.redis.requirePassFile" = [ "/run/pass" null "/run/other" ];
      "services.redis.slowLogMaxLen" = [ 1 128 9 ];
    };
  };
  memcached = {
    units = [ "memcached.service" ];
    values = {
      "services.memcached.extraOptions" = [ [ ] [ "-v" ] [ "-vv" ] ];
      "services.memcached.listen" = [ "::1" "127.0.0.1" "0.0.0.0" ];
      "services.memcached.maxConnections" = [ 1 1024 9 ];
      "services.memcached.maxMemory" = [ 1 64 128 ];
      "services.memcached.port" = [ 1 11211 9 ];
    };
  };
  mosquitto = {
    units = [ "mosquitto.service" ];
    values = {
      "services.mosquitto.extraConf" = [ "" "log_type all" "persistence true" ];
      "services.mosquitto.port" = [ 1 1883 9 ];
    };
  };
  unbound = {
    units = [ "unbound.service" ];
    values = {
      "services.unbound.allowedAccess" = [ [ ] [ "::1" ] [ "10.0.0.0/8" ] ];
      "services.unbound.extraConfig" = [ "" "server:" "remote-control:" ];
      "services.unbound.forwardAddresses" = [ [ ] [ "9.9.9.9" ] [ "1.1.1.1" ] ];
    };
  };
  chrony = {
    units = [ "chronyd.service" ];
    values = {
      "services.chrony.extraConfig" = [ "" "makestep 1 3" "rtcsync" ];
    };
  };
  grafana = {
    units = [ "grafana.service" ];
    values = {
      "services.grafana.analytics.reporting.enable" = [ true false true ];
      "services.grafana.domain" = [ "a" "b" "localhost" ];
      "services.grafana.port" = [ 1 3000 9 ];
      "services.grafana.users.allowSignUp" = [ true false true ];
    };
  };
  prometheus = {
    units = [ "prometheus.service" ];
    values = {
      "services.prometheus.extraFlags" = [ [ ] [ "--log.level=debug" ] [ "--log.level=warn" ] ];
      "services.prometheus.globalConfig" = [ { } { scrape_interval = "5s"; } { scrape_timeout = "4s"; } ];
    };
  };
  node = {
    units = [ "prometheus-node-exporter.service" ];
    values = {
      "services.prometheus.exporters.node.enabledCollectors" = [ [ ] [ "systemd" ] [ "logind" ] ];
      "services.prometheus.exporters.node.port" = [ 1 9100 9 ];
    };
  };
  rsyslogd = {
    units = [ "syslog.service" ];
    values = {
      "services.rsyslogd.defaultConfig" = [ "" "*.* /dev/null" "kern.* /dev/null" ];
      "services.rsyslogd.extraConfig" = [ "" "*.* /dev/null" "kern.* /dev/null" ];
    };
  };
  fail2ban = {
    units = [ "fail2ban.service" ];
    values = {
      "services.fail2ban.ignoreIP" = [ [ ] [ "::1" ] [ "10.0.0.1" ] ];
    };
  };
  openssh = {
    units = [ "sshd.socket" ];
    values = {
      "services.openssh.permitRootLogin" = [ "no" "yes" "prohibit-password" ];
      "services.openssh.ports" = [ [ 22 ] [ 23 ] [ 22 23 ] ];
    };
  };
}
