{ build, jq }: build "tool" { inherit jq; }
