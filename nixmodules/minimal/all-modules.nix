# Every module of a nixpkgs: the list for a configuration that wants them all after all.
{ modulesPath }: import (modulesPath + "/module-list.nix")
