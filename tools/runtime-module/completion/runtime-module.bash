# bash completion for runtime-module; 'runtime-module complete' knows the words.

_runtime_module() {
    local word
    COMPREPLY=()
    while IFS=$'\t' read -r word _; do
        COMPREPLY+=("$word")
    done < <(runtime-module complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}

complete -F _runtime_module runtime-module
