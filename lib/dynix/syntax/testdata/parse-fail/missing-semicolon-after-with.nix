with import <nixpkgs> { }
[ hello ]
