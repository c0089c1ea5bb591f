{ mkDerivation = null; }
