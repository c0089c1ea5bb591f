# Scripts of probes. They need no program but bash, which every system has.
{ lib }:

let
  # Where to reach what listens at an address.
  hostOf =
    address:
    if lib.elem address [ "" "0.0.0.0" "*" ] then
      "127.0.0.1"
    else if lib.elem address [ "::" "[::]" ] then
      "localhost"
    else
      builtins.replaceStrings [ "[" "]" ] [ "" "" ] address;
in
{
  # Something answers there as an HTTP server does, whatever it answers.
  answersHttp =
    {
      address ? "",
      port,
      path ? "/",
    }:
    ''
      host=${lib.escapeShellArg (hostOf (toString address))}
      port=${lib.escapeShellArg (toString port)}
      exec 3<>"/dev/tcp/$host/$port"
      printf 'GET %s HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n' ${lib.escapeShellArg path} >&3
      read -r answer <&3 || true
      case $answer in
        HTTP/*) ;;
        *)
          printf 'no HTTP server at %s port %s\n' "$host" "$port"
          exit 1
          ;;
      esac
    '';

  # Some process listens at this TCP port. Nothing connects to it, so the service has nothing to complain about.
  # The tables are those of proc(5): a number, the local and the remote address with the port in hexadecimal, the
  # state, which is 0A of one that listens.
  listens = port: ''
    port=${lib.escapeShellArg (toString port)}
    printf -v wanted '%04X' "$port"
    for table in /proc/net/tcp /proc/net/tcp6; do
      if test ! -r "$table"; then
        continue
      fi
      while read -r _ local _ state _; do
        if test "$state" = 0A && test "''${local##*:}" = "$wanted"; then
          exit 0
        fi
      done < "$table"
    done
    printf 'no process listens at port %s\n' "$port"
    exit 1
  '';
}
