# The scenario's system in a NixOS virtual machine; in the container machine it is system.nix.
{ pkgs, ... }:
{
  imports = [ ./base.nix ];

  _module.args.programOf = name: pkgs.writeShellScriptBin name "echo ${name}";
  services.worker.program = toString (
    pkgs.writeShellScript "worker" ''
      sleep infinity &
      wait
    ''
  );
}
