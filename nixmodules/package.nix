# The programs of dynix, with Nix and systemd behind their PATH: a system's own come first.
{
  lib,
  boost,
  cli11,
  doctest,
  fmt,
  linkFarm,
  makeBinaryWrapper,
  meson,
  ninja,
  nix,
  pkg-config,
  pkgs,
  python3,
  scdoc,
  stdenv,
  systemd,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "dynix";
  # As meson.build has it.
  version = builtins.head (builtins.match ".*\n  version: '([0-9.]+)'.*" (builtins.readFile ../meson.build));

  src = lib.fileset.toSource {
    root = ../.;
    fileset = lib.fileset.unions [
      ../LICENSE
      ../lib
      ../meson.build
      ../meson_options.txt
      ../nixmodules
      ../tools
      ../vmtests
    ];
  };

  postPatch = ''
    patchShebangs --build nixmodules/tests tools vmtests
  '';

  nativeBuildInputs = [
    makeBinaryWrapper
    meson
    ninja
    pkg-config
    python3
    scdoc
  ];
  buildInputs = [
    boost
    cli11
    doctest
    fmt
    systemd
  ];
  strictDeps = true;

  # The unit tests; the scenarios need root and a systemd of their own.
  doCheck = true;
  nativeCheckInputs = [ nix ];
  # What is written is compared with what Nix reads, and the sandbox has no store that Nix could open.
  preCheck = ''
    for folder in CONF LOCALSTATE LOG STATE STORE; do
      export NIX_''${folder}_DIR=$TMPDIR/nix/$folder
    done
  '';
  mesonCheckFlags = [
    "--no-suite"
    "machine"
  ];

  postInstall = ''
    for program in $out/bin/*; do
      wrapProgram $program --suffix PATH : ${
        lib.makeBinPath [
          nix
          systemd
        ]
      }
    done
  '';

  passthru = {
    # The scenarios in virtual machines.
    tests = import ../vmtests {
      inherit pkgs;
      dynix = finalAttrs.finalPackage;
    };
    allTests = linkFarm "dynix-tests" (
      lib.mapAttrsToList (name: path: { inherit name path; }) finalAttrs.finalPackage.tests
    );
  };

  meta = {
    description = "Changes settings of running NixOS services in about a second";
    license = lib.licenses.mit;
    mainProgram = "dynix";
    platforms = lib.platforms.linux;
  };
})
