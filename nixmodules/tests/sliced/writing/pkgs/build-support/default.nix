let
  build =
    name: more:
    derivation (
      {
        inherit name;
        system = "any";
        builder = "/bin/sh";
      }
      // more
    );
in
rec {
  writeTextFile = { name, text }: build name { inherit text; };
  writeText = name: text: build name { inherit text; };
  # Something else than the text depends on it, for one text.
  writeScript =
    name: text:
    build name {
      inherit text;
      umask = if text == "secret" then "077" else "022";
    };
  # It looks into the text.
  writeScriptBin =
    name: text: build name { text = if builtins.match ".*secret.*" text == null then text else ""; };
  # It looks at what packages say about themselves.
  runCommand =
    name: environment: text:
    build name {
      inherit text;
      about = map (package: package.meta.homepage) environment.buildInputs;
    };
  # It writes it twice.
  writeShellScript = name: text: build name { text = "${text}${text}"; };
  # It writes a value into its script.
  runCommandLocal =
    name: environment: text:
    build name (environment // { text = "${text}${environment.value}"; });
  # Something else than the value depends on it, for one of them.
  runCommandNoCC =
    name: environment: text:
    build name (environment // { inherit text; umask = if environment.value == "secret" then "077" else "022"; });
  # It looks into a value.
  runCommandNoCCLocal =
    name: environment: text:
    build name (
      environment
      // {
        inherit text;
        value = builtins.deepSeq environment.value environment.value;
      }
    );
}
