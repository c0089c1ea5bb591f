# The functions of nixpkgs' lib that dynix's modules and their tests use, by the same names.
let
  base = self: {
    inherit (builtins)
      all
      any
      attrNames
      attrValues
      concatLists
      concatMap
      concatStringsSep
      elem
      elemAt
      filter
      foldl'
      genList
      head
      isAttrs
      isString
      length
      lessThan
      listToAttrs
      mapAttrs
      removeAttrs
      replaceStrings
      sort
      stringLength
      substring
      tail
      ;
    groupBy = f: builtins.foldl' (found: it: found // { ${f it} = (found.${f it} or [ ]) ++ [ it ]; }) { };

    isFunction = it: builtins.isFunction it || it ? __functor;
    functionArgs = f: f.__functionArgs or (builtins.functionArgs f);
    setFunctionArgs = f: args: {
      __functor = _: f;
      __functionArgs = args;
    };

    optional = condition: it: if condition then [ it ] else [ ];
    optionals = condition: list: if condition then list else [ ];
    optionalAttrs = condition: set: if condition then set else { };
    optionalString = condition: text: if condition then text else "";

    take = count: list: self.genList (self.elemAt list) (if count < self.length list then count else self.length list);
    drop = count: list: self.genList (n: self.elemAt list (n + count)) (self.length list - count);
    range = first: last: self.genList (n: first + n) (if last < first then 0 else last - first + 1);
    findFirst =
      wanted: default: list:
      let
        found = self.filter wanted list;
      in
      if found == [ ] then default else self.head found;
    last = list: self.elemAt list (self.length list - 1);
    imap1 = f: self.imap0 (n: f (n + 1));
    imap0 = f: list: self.genList (n: f n (self.elemAt list n)) (self.length list);
    subtractLists = without: self.filter (it: !self.elem it without);
    unique = builtins.foldl' (found: it: if self.elem it found then found else found ++ [ it ]) [ ];

    nameValuePair = name: value: { inherit name value; };
    genAttrs = names: f: self.listToAttrs (map (name: self.nameValuePair name (f name)) names);
    filterAttrs = f: set: self.removeAttrs set (self.filter (name: !f name set.${name}) (self.attrNames set));
    mapAttrsToList = f: set: map (name: f name set.${name}) (self.attrNames set);
    attrByPath =
      path: default: set:
      if path == [ ] then
        set
      else if self.isAttrs set && set ? ${self.head path} then
        self.attrByPath (self.tail path) default set.${self.head path}
      else
        default;
    hasAttrByPath =
      path: set: path == [ ] || (set ? ${self.head path} && self.hasAttrByPath (self.tail path) set.${self.head path});
    getAttrFromPath = path: self.attrByPath path (throw "there is no '${self.showOption path}'");
    setAttrByPath = path: value: builtins.foldl' (set: name: { ${name} = set; }) value (self.reversed path);
    reversed = list: self.genList (n: self.elemAt list (self.length list - n - 1)) (self.length list);
    recursiveUpdate =
      a: b:
      a
      // self.mapAttrs (
        name: value:
        if self.isAttrs value && self.isAttrs (a.${name} or null) then self.recursiveUpdate a.${name} value else value
      ) b;
    callPackageWith =
      packages: file: more:
      let
        f = import file;
      in
      f (builtins.intersectAttrs (builtins.functionArgs f) packages // more);
    importJSON = file: builtins.fromJSON (builtins.readFile file);
    cleanSource = folder: folder;
    hiPrio = package: package;
    isDerivation = it: it.type or null == "derivation";

    makeBinPath = self.concatMapStringsSep ":" (package: "${package}/bin");
    licenses.mit = { };
    platforms.linux = [ ];
    # As far as it goes without a newer Nix: all of a folder.
    fileset = {
      unions = files: files;
      toSource = { root, ... }: root;
    };

    concatStrings = self.concatStringsSep "";
    concatMapStringsSep = separator: f: list: self.concatStringsSep separator (map f list);
    escapeShellArg = value: "'${builtins.replaceStrings [ "'" ] [ "'\\''" ] (toString value)}'";
    hasPrefix = prefix: text: self.substring 0 (self.stringLength prefix) text == prefix;
    hasSuffix =
      suffix: text:
      let
        before = self.stringLength text - self.stringLength suffix;
      in
      before >= 0 && self.substring before (-1) text == suffix;
    hasInfix = infix: text: self.length (self.splitString infix text) > 1;
    removePrefix =
      prefix: text:
      if self.hasPrefix prefix text then self.substring (self.stringLength prefix) (-1) text else text;
    splitString =
      separator: text: self.filter self.isString (builtins.split (self.escapeRegex separator) (toString text));
    # How many letters differ at least: enough for words of a few letters.
    strings = rec {
      levenshtein =
        a: b:
        let
          rest = self.substring 1 (-1);
          least = builtins.foldl' (x: y: if x < y then x else y) 1000000;
        in
        if a == "" || b == "" then
          self.stringLength (a + b)
        else if self.substring 0 1 a == self.substring 0 1 b then
          levenshtein (rest a) (rest b)
        else
          1
          + least [
            (levenshtein (rest a) b)
            (levenshtein a (rest b))
            (levenshtein (rest a) (rest b))
          ];
      levenshteinAtMost =
        most: a: b:
        let
          longer = self.stringLength a - self.stringLength b;
        in
        longer <= most && -longer <= most && levenshtein a b <= most;
    };
    escapeRegex =
      let
        special = self.genList (n: self.substring n 1 "\\[{()^$?*+|.") 12;
      in
      self.replaceStrings special (map (it: "\\" + it) special);
    showOption = self.concatStringsSep ".";
    assertOneOf =
      name: value: all:
      self.elem value all || throw "${name} is none of ${toString all}";

    extend = more: fixed (final: base final // more final (base final));
  }
  // import ./modules.nix { lib = self; };
  fixed = f: let it = f it; in it;
in
fixed base
